-- What learners did in courses: one row per event. Staff, the course's team and test accounts are left out.
-- Who has a role in an organisation is of the team of each of its courses.
WITH
-- one row per user name of a source: whose it is
named_accounts AS (
  SELECT source, username, MIN(learner_id) AS learner_id
  FROM people
  WHERE username IS NOT NULL
  GROUP BY source, username
),
-- one row per event in a course; the user name tells who it was only where no id was recorded,
-- and never for a change of enrolment, which somebody else may have made
course_events AS (
  SELECT
    event_id,
    course_id,
    source,
    learner_id,
    CASE
      WHEN learner_id IS NULL AND COALESCE(action, '') NOT IN ('enrol', 'unenrol', 'change_mode') THEN username
    END AS known_by_name,
    day,
    happened_at,
    happened_us,
    action,
    event_type,
    emitted_by,
    object_id,
    page_kind,
    section_ref,
    subsection_ref,
    unit_ref,
    unit_position,
    unit_before,
    tab_count,
    referer_kind,
    position_seconds,
    target_seconds,
    duration_seconds,
    video_code,
    mode,
    outcome
  FROM events
  WHERE course_id IS NOT NULL
    AND (learner_id IS NOT NULL OR username IS NOT NULL)
),
-- one row per event whose doer is known
known_events AS (
  SELECT
    course_events.event_id,
    course_events.course_id,
    course_events.source,
    COALESCE(course_events.learner_id, named_accounts.learner_id) AS learner_id,
    course_events.day,
    course_events.happened_at,
    course_events.happened_us,
    course_events.action,
    course_events.event_type,
    course_events.emitted_by,
    course_events.object_id,
    course_events.page_kind,
    course_events.section_ref,
    course_events.subsection_ref,
    course_events.unit_ref,
    course_events.unit_position,
    course_events.unit_before,
    course_events.tab_count,
    course_events.referer_kind,
    course_events.position_seconds,
    course_events.target_seconds,
    course_events.duration_seconds,
    course_events.video_code,
    course_events.mode,
    course_events.outcome
  FROM course_events
  LEFT JOIN named_accounts
    ON course_events.source = named_accounts.source
    AND course_events.known_by_name = named_accounts.username
  WHERE COALESCE(course_events.learner_id, named_accounts.learner_id) IS NOT NULL
)
SELECT
  known_events.event_id AS event_id,
  known_events.course_id AS course_id,
  known_events.source AS source,
  known_events.learner_id AS learner_id,
  known_events.day AS day,
  known_events.happened_at AS happened_at,
  known_events.happened_us AS happened_us,
  known_events.action AS action,
  known_events.event_type AS event_type,
  known_events.emitted_by AS emitted_by,
  known_events.object_id AS object_id,
  known_events.page_kind AS page_kind,
  known_events.section_ref AS section_ref,
  known_events.subsection_ref AS subsection_ref,
  known_events.unit_ref AS unit_ref,
  known_events.unit_position AS unit_position,
  known_events.unit_before AS unit_before,
  known_events.tab_count AS tab_count,
  known_events.referer_kind AS referer_kind,
  known_events.position_seconds AS position_seconds,
  known_events.target_seconds AS target_seconds,
  known_events.duration_seconds AS duration_seconds,
  known_events.video_code AS video_code,
  known_events.mode AS mode,
  known_events.outcome AS outcome
FROM known_events
ANTI JOIN left_out_accounts
  ON known_events.source = left_out_accounts.source
  AND known_events.learner_id = left_out_accounts.learner_id
ANTI JOIN course_team
  ON known_events.course_id = course_team.course_id
  AND known_events.source = course_team.source
  AND known_events.learner_id = course_team.learner_id
ANTI JOIN course_team AS organisation_team
  ON known_events.source = organisation_team.source
  AND known_events.learner_id = organisation_team.learner_id
  AND organisation_team.org = CASE
    WHEN known_events.course_id LIKE 'course-v1:%' THEN SPLIT_PART(SPLIT_PART(known_events.course_id, '+', 1), ':', 2)
    ELSE SPLIT_PART(known_events.course_id, '/', 1)
  END
