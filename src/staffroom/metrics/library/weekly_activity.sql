WITH
-- one row per week: its first day of which anything is recorded, and its last that is over
weeks AS (
  SELECT week_start, week_end, MIN(day) AS first_day, MAX(day) AS last_day
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
-- one row per course and week in which learners joined or left
changed_weeks AS (
  SELECT enrolment_by_day.course_id, calendar.week_start
  FROM enrolment_by_day
  JOIN calendar ON enrolment_by_day.day = calendar.day
  WHERE enrolment_by_day.joined > 0 OR enrolment_by_day."left" > 0
  GROUP BY enrolment_by_day.course_id, calendar.week_start
),
-- one row per course: the first week of which anything is known
first_weeks AS (
  SELECT course_id, MIN(week_start) AS week_start
  FROM (
    SELECT course_id, week_start FROM active_weeks
    UNION ALL
    SELECT course_id, week_start FROM enrolled_weeks
  ) AS known_weeks
  GROUP BY course_id
),
-- the running week and the last full one, which are shown whatever happened in them
newest_weeks AS (
  SELECT weeks.week_start
  FROM weeks
  CROSS JOIN (SELECT MAX(week_start) AS week_start FROM weeks) AS newest
  WHERE weeks.week_start >= newest.week_start - 7
),
-- one row per course and week that is shown for itself
own_weeks AS (
  SELECT course_id, week_start FROM active_weeks
  UNION
  SELECT course_id, week_start FROM changed_weeks
  UNION
  SELECT course_id, week_start FROM first_weeks
  UNION
  SELECT first_weeks.course_id, newest_weeks.week_start
  FROM first_weeks
  JOIN newest_weeks ON newest_weeks.week_start >= first_weeks.week_start
),
-- one row per such week, with the next one of the course
followed_weeks AS (
  SELECT
    course_id,
    week_start,
    LEAD(week_start) OVER (PARTITION BY course_id ORDER BY week_start) AS next_week_start
  FROM own_weeks
),
-- one row per course and week that is shown: the weeks between two such weeks, too, if they are 52 at most
shown_weeks AS (
  SELECT followed_weeks.course_id, weeks.week_start, weeks.week_end, weeks.first_day, weeks.last_day
  FROM followed_weeks
  JOIN weeks
    ON weeks.week_start >= followed_weeks.week_start
    AND weeks.week_start < CASE
      WHEN followed_weeks.next_week_start <= followed_weeks.week_start + 53 * 7 THEN followed_weeks.next_week_start
      ELSE followed_weeks.week_start + 7
    END
)
SELECT
  CAST(shown_weeks.course_id AS VARCHAR) AS course_id,
  CAST(shown_weeks.week_start AS DATE) AS week,
  CAST(COALESCE(active_weeks.active, 0) AS BIGINT) AS active,
  CAST(COALESCE(active_weeks.attempted_problem, 0) AS BIGINT) AS attempted_problem,
  CAST(COALESCE(active_weeks.played_video, 0) AS BIGINT) AS played_video,
  CAST(COALESCE(active_weeks.posted_forum, 0) AS BIGINT) AS posted_forum,
  CAST(enrolled_weeks.enrolled AS BIGINT) AS enrolled,
  CAST(
    shown_weeks.first_day = shown_weeks.week_start AND shown_weeks.last_day = shown_weeks.week_end AS BOOLEAN
  ) AS is_complete
FROM shown_weeks
LEFT JOIN active_weeks
  ON shown_weeks.course_id = active_weeks.course_id
  AND shown_weeks.week_start = active_weeks.week_start
LEFT JOIN enrolled_weeks
  ON shown_weeks.course_id = enrolled_weeks.course_id
  AND shown_weeks.week_start = enrolled_weeks.week_start
