WITH
-- one row per change, numbered in the order in which a learner's changes happened
numbered AS (
  SELECT
    course_id,
    source,
    learner_id,
    day,
    change,
    mode,
    ROW_NUMBER() OVER (
      PARTITION BY course_id, source, learner_id
      ORDER BY happened_at, change, mode
    ) AS n
  FROM enrolment_changes
),
-- one row per learner and day with changes: the last change of each kind on it
last_changes AS (
  SELECT
    course_id,
    source,
    learner_id,
    day,
    MAX(n) AS n,
    MAX(CASE WHEN change = 'activated' THEN n END) AS activated,
    MAX(CASE WHEN change = 'deactivated' THEN n END) AS deactivated
  FROM numbered
  GROUP BY course_id, source, learner_id, day
),
-- one row per learner and day with changes: enrolled at its end, if the last change so far was an activation
states AS (
  SELECT
    course_id,
    source,
    learner_id,
    day,
    n,
    CASE
      WHEN COALESCE(MAX(activated) OVER learner_so_far, 0) > COALESCE(MAX(deactivated) OVER learner_so_far, 0) THEN 1
      ELSE 0
    END AS enrolled
  FROM last_changes
  WINDOW learner_so_far AS (
    PARTITION BY course_id, source, learner_id
    ORDER BY day
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
),
-- one row per span: from a day with changes to the day before the next one
spans AS (
  SELECT
    course_id,
    source,
    learner_id,
    day AS starts_on,
    n,
    enrolled,
    LAG(enrolled) OVER (PARTITION BY course_id, source, learner_id ORDER BY day) AS enrolled_before,
    LEAD(day) OVER (PARTITION BY course_id, source, learner_id ORDER BY day) AS next_starts_on
  FROM states
)
SELECT
  CAST(spans.course_id AS VARCHAR) AS course_id,
  CAST(spans.source AS VARCHAR) AS source,
  CAST(spans.learner_id AS VARCHAR) AS learner_id,
  CAST(spans.starts_on AS DATE) AS starts_on,
  CAST(spans.next_starts_on - 1 AS DATE) AS ends_on,
  CAST(spans.enrolled = 1 AS BOOLEAN) AS enrolled,
  CAST(spans.enrolled - COALESCE(spans.enrolled_before, 0) AS BIGINT) AS change,
  CAST(numbered.mode AS VARCHAR) AS mode
FROM spans
JOIN numbered
  ON spans.course_id = numbered.course_id
  AND spans.source = numbered.source
  AND spans.learner_id = numbered.learner_id
  AND spans.n = numbered.n
