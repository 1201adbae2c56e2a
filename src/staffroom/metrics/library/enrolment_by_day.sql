WITH
-- one row: the first day that is counted
beginning AS (
  SELECT MIN(day) AS first_day FROM calendar
),
-- one row per end of a span: by how much it changes the numbers of its mode, and from which day on;
-- who joined or left before the first day has done so when it begins, not on it
changes AS (
  SELECT
    course_id,
    mode,
    GREATEST(starts_on, first_day) AS day,
    CASE WHEN enrolled THEN 1 ELSE 0 END AS enrolled,
    1 AS ever_enrolled,
    CASE WHEN change = 1 AND starts_on >= first_day THEN 1 ELSE 0 END AS joined,
    CASE WHEN change = -1 AND starts_on >= first_day THEN 1 ELSE 0 END AS departed
  FROM enrolment_spans
  CROSS JOIN beginning
  UNION ALL
  SELECT
    course_id,
    mode,
    GREATEST(ends_on + 1, first_day) AS day,
    CASE WHEN enrolled THEN -1 ELSE 0 END AS enrolled,
    -1 AS ever_enrolled,
    0 AS joined,
    0 AS departed
  FROM enrolment_spans
  CROSS JOIN beginning
  WHERE ends_on IS NOT NULL
),
-- one row per course, mode and day on which its numbers change
changed_days AS (
  SELECT
    course_id,
    mode,
    day,
    SUM(enrolled) AS enrolled,
    SUM(ever_enrolled) AS ever_enrolled,
    SUM(joined) AS joined,
    SUM(departed) AS departed
  FROM changes
  GROUP BY course_id, mode, day
),
-- one row per course and mode: when it begins
first_days AS (
  SELECT course_id, mode, MIN(day) AS day
  FROM changes
  GROUP BY course_id, mode
),
-- one row per course, mode and day since then
days AS (
  SELECT first_days.course_id, first_days.mode, calendar.day
  FROM first_days
  JOIN calendar ON calendar.day >= first_days.day
)
SELECT
  CAST(days.course_id AS VARCHAR) AS course_id,
  CAST(days.day AS DATE) AS day,
  CAST(days.mode AS VARCHAR) AS mode,
  CAST(SUM(COALESCE(changed_days.enrolled, 0)) OVER mode_so_far AS BIGINT) AS enrolled,
  CAST(SUM(COALESCE(changed_days.ever_enrolled, 0)) OVER mode_so_far AS BIGINT) AS ever_enrolled,
  CAST(COALESCE(changed_days.joined, 0) AS BIGINT) AS joined,
  CAST(COALESCE(changed_days.departed, 0) AS BIGINT) AS "left"
FROM days
LEFT JOIN changed_days
  ON days.course_id = changed_days.course_id
  AND days.mode = changed_days.mode
  AND days.day = changed_days.day
WINDOW mode_so_far AS (
  PARTITION BY days.course_id, days.mode
  ORDER BY days.day
  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
