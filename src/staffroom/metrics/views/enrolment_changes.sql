-- Every change of an enrolment that is known: those recorded, and those that the LMS's export tells of where the
-- record begins too late. One row per change; `is_dated` is false where only the order is known, not the instant.
WITH
-- one row per recorded change, numbered in the order in which a learner's changes happened
numbered AS (
  SELECT
    course_id,
    source,
    learner_id,
    happened_at,
    change,
    mode,
    ROW_NUMBER() OVER (
      PARTITION BY course_id, source, learner_id
      ORDER BY happened_at, change, mode
    ) AS n
  FROM enrolment_events
),
-- one row per learner of an export who had joined before its date and whose joining is not recorded;
-- of the day itself an export knows only a part
exported AS (
  SELECT
    enrolments.course_id,
    enrolments.source,
    enrolments.learner_id,
    CAST(enrolments.enrolled_at AS TIMESTAMP) AS enrolled_at,
    enrolments.enrolled_on,
    enrolments.mode,
    enrolments.is_active,
    first_change.change AS first_change,
    first_change.mode AS first_change_mode
  FROM enrolments
  LEFT JOIN numbered AS first_change
    ON enrolments.course_id = first_change.course_id
    AND enrolments.source = first_change.source
    AND enrolments.learner_id = first_change.learner_id
    AND first_change.n = 1
  WHERE enrolments.enrolled_on < enrolments.exported_on
    AND COALESCE(first_change.change, '') <> 'activated'
    AND (first_change.n IS NULL OR CAST(enrolments.enrolled_at AS TIMESTAMP) < first_change.happened_at)
),
-- one row per learner among them: in which mode they joined, and whether they left without a record of it
joined AS (
  SELECT
    exported.course_id,
    exported.source,
    exported.learner_id,
    exported.enrolled_at,
    exported.enrolled_on,
    CASE exported.first_change
      WHEN 'deactivated' THEN exported.first_change_mode
      WHEN 'mode_changed' THEN ''
      ELSE exported.mode
    END AS mode,
    exported.first_change IS NULL AND NOT exported.is_active AS has_left
  FROM exported
  ANTI JOIN left_out_accounts
    ON exported.source = left_out_accounts.source
    AND exported.learner_id = left_out_accounts.learner_id
  ANTI JOIN course_team
    ON exported.course_id = course_team.course_id
    AND exported.source = course_team.source
    AND exported.learner_id = course_team.learner_id
  ANTI JOIN course_team AS organisation_team
    ON exported.source = organisation_team.source
    AND exported.learner_id = organisation_team.learner_id
    AND organisation_team.org = CASE
      WHEN exported.course_id LIKE 'course-v1:%' THEN SPLIT_PART(SPLIT_PART(exported.course_id, '+', 1), ':', 2)
      ELSE SPLIT_PART(exported.course_id, '/', 1)
    END
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(happened_at AS TIMESTAMP) AS happened_at,
  CAST(day AS DATE) AS day,
  CAST(change AS VARCHAR) AS change,
  CAST(mode AS VARCHAR) AS mode,
  CAST(TRUE AS BOOLEAN) AS is_dated
FROM enrolment_events
UNION ALL
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(enrolled_at AS TIMESTAMP) AS happened_at,
  CAST(enrolled_on AS DATE) AS day,
  CAST('activated' AS VARCHAR) AS change,
  CAST(mode AS VARCHAR) AS mode,
  CAST(TRUE AS BOOLEAN) AS is_dated
FROM joined
UNION ALL
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(enrolled_at AS TIMESTAMP) AS happened_at,
  CAST(enrolled_on AS DATE) AS day,
  CAST('deactivated' AS VARCHAR) AS change,
  CAST(mode AS VARCHAR) AS mode,
  CAST(FALSE AS BOOLEAN) AS is_dated
FROM joined
WHERE has_left
