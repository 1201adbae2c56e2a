WITH
-- one row per course and number that has a high range; without limit where only those who solved nothing are in it
high AS (
  SELECT course_id, measure, low_value
  FROM engagement_ranges
  WHERE range_type = 'high'
    AND measure <> 'problem_attempts'
),
-- one row per learner of the last seven days and such a number
measured AS (
  SELECT
    recent.course_id,
    recent.source,
    recent.learner_id,
    high.measure,
    high.low_value,
    recent.problem_attempts,
    CASE high.measure
      WHEN 'problems_attempted' THEN CAST(recent.problems_attempted AS DOUBLE)
      WHEN 'problems_completed' THEN CAST(recent.problems_completed AS DOUBLE)
      WHEN 'attempts_per_completed' THEN recent.attempts_per_completed
      WHEN 'videos_viewed' THEN CAST(recent.videos_viewed AS DOUBLE)
      ELSE CAST(recent.discussion_contributions AS DOUBLE)
    END AS value
  FROM engagement_recent AS recent
  JOIN high ON recent.course_id = high.course_id
  WHERE recent.weeks_ago = 0
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(CASE WHEN measure = 'attempts_per_completed' THEN 'struggling' ELSE 'highly_engaged' END AS VARCHAR) AS segment,
  CAST(measure AS VARCHAR) AS measure
FROM measured
WHERE value >= low_value
  OR (measure = 'attempts_per_completed' AND problem_attempts > 0 AND value IS NULL)
