WITH
-- one row: the last day that is over
today AS (
  SELECT MAX(day) AS last_day FROM calendar
),
-- one row per learner, deed and object of one of the fourteen days
lately AS (
  SELECT
    engagement_by_day.course_id,
    engagement_by_day.source,
    engagement_by_day.learner_id,
    engagement_by_day.day,
    engagement_by_day.entity_id,
    engagement_by_day.deed,
    engagement_by_day.times,
    CASE WHEN engagement_by_day.day > today.last_day - 7 THEN 0 ELSE 1 END AS weeks_ago,
    CASE WHEN engagement_by_day.day > today.last_day - 7 THEN today.last_day ELSE today.last_day - 7 END AS ends_on
  FROM engagement_by_day
  CROSS JOIN today
  WHERE engagement_by_day.day > today.last_day - 14
    AND engagement_by_day.day <= today.last_day
),
-- one row per learner, week, deed and object, however many days
objects AS (
  SELECT course_id, source, learner_id, weeks_ago, ends_on, deed, entity_id, SUM(times) AS times
  FROM lately
  GROUP BY course_id, source, learner_id, weeks_ago, ends_on, deed, entity_id
),
-- one row per learner and week, with what was done
summed AS (
  SELECT
    course_id,
    source,
    learner_id,
    weeks_ago,
    ends_on,
    SUM(CASE WHEN deed = 'attempted' THEN times ELSE 0 END) AS problem_attempts,
    COUNT(CASE WHEN deed = 'attempted' THEN 1 END) AS problems_attempted,
    COUNT(CASE WHEN deed = 'completed' THEN 1 END) AS problems_completed,
    COUNT(CASE WHEN deed = 'viewed' THEN 1 END) AS videos_viewed,
    SUM(CASE WHEN deed = 'contributed' THEN times ELSE 0 END) AS discussion_contributions
  FROM objects
  GROUP BY course_id, source, learner_id, weeks_ago, ends_on
),
-- one row per learner and week: on how many days
active AS (
  SELECT course_id, source, learner_id, weeks_ago, COUNT(*) AS days_active
  FROM (SELECT DISTINCT course_id, source, learner_id, weeks_ago, day FROM lately) AS days
  GROUP BY course_id, source, learner_id, weeks_ago
)
SELECT
  CAST(summed.course_id AS VARCHAR) AS course_id,
  CAST(summed.source AS VARCHAR) AS source,
  CAST(summed.learner_id AS VARCHAR) AS learner_id,
  CAST(summed.weeks_ago AS BIGINT) AS weeks_ago,
  CAST(summed.ends_on - 6 AS DATE) AS starts_on,
  CAST(summed.ends_on AS DATE) AS ends_on,
  CAST(summed.problem_attempts AS BIGINT) AS problem_attempts,
  CAST(summed.problems_attempted AS BIGINT) AS problems_attempted,
  CAST(summed.problems_completed AS BIGINT) AS problems_completed,
  CAST(
    CASE
      WHEN summed.problems_completed > 0
        THEN CAST(summed.problem_attempts AS DOUBLE) / CAST(summed.problems_completed AS DOUBLE)
    END AS DOUBLE
  ) AS attempts_per_completed,
  CAST(summed.videos_viewed AS BIGINT) AS videos_viewed,
  CAST(summed.discussion_contributions AS BIGINT) AS discussion_contributions,
  CAST(active.days_active AS BIGINT) AS days_active
FROM summed
JOIN active
  ON summed.course_id = active.course_id
  AND summed.source = active.source
  AND summed.learner_id = active.learner_id
  AND summed.weeks_ago = active.weeks_ago
