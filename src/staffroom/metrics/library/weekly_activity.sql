WITH
-- one row per week: its last day that is over
weeks AS (
  SELECT week_start, week_end, MAX(day) AS last_day
  FROM calendar
  GROUP BY week_start, week_end
),
-- one row per week, learner and label, however many days
learner_weeks AS (
  SELECT DISTINCT
    learner_activity_by_day.course_id,
    calendar.week_start,
    learner_activity_by_day.source,
    learner_activity_by_day.learner_id,
    learner_activity_by_day.label
  FROM learner_activity_by_day
  JOIN calendar ON learner_activity_by_day.day = calendar.day
),
-- one row per course and week with activity
active_weeks AS (
  SELECT
    course_id,
    week_start,
    COUNT(CASE WHEN label = 'active' THEN 1 END) AS active,
    COUNT(CASE WHEN label = 'attempted_problem' THEN 1 END) AS attempted_problem,
    COUNT(CASE WHEN label = 'played_video' THEN 1 END) AS played_video,
    COUNT(CASE WHEN label = 'posted_forum' THEN 1 END) AS posted_forum
  FROM learner_weeks
  GROUP BY course_id, week_start
),
-- one row per course and week with a known enrolment: how many were enrolled when it ended
enrolled_weeks AS (
  SELECT
    enrolment_by_day.course_id,
    weeks.week_start,
    SUM(enrolment_by_day.enrolled) AS enrolled
  FROM enrolment_by_day
  JOIN weeks ON enrolment_by_day.day = weeks.last_day
  GROUP BY enrolment_by_day.course_id, weeks.week_start
),
-- one row per course: the week in which anything happened first
first_weeks AS (
  SELECT course_id, MIN(week_start) AS week_start
  FROM (
    SELECT course_id, week_start FROM active_weeks
    UNION ALL
    SELECT course_id, week_start FROM enrolled_weeks
  ) AS known_weeks
  GROUP BY course_id
)
SELECT
  CAST(first_weeks.course_id AS VARCHAR) AS course_id,
  CAST(weeks.week_start AS DATE) AS week,
  CAST(COALESCE(active_weeks.active, 0) AS BIGINT) AS active,
  CAST(COALESCE(active_weeks.attempted_problem, 0) AS BIGINT) AS attempted_problem,
  CAST(COALESCE(active_weeks.played_video, 0) AS BIGINT) AS played_video,
  CAST(COALESCE(active_weeks.posted_forum, 0) AS BIGINT) AS posted_forum,
  CAST(enrolled_weeks.enrolled AS BIGINT) AS enrolled,
  CAST(weeks.last_day = weeks.week_end AS BOOLEAN) AS is_complete
FROM first_weeks
JOIN weeks
  ON weeks.week_start >= first_weeks.week_start
LEFT JOIN active_weeks
  ON first_weeks.course_id = active_weeks.course_id
  AND weeks.week_start = active_weeks.week_start
LEFT JOIN enrolled_weeks
  ON first_weeks.course_id = enrolled_weeks.course_id
  AND weeks.week_start = enrolled_weeks.week_start
