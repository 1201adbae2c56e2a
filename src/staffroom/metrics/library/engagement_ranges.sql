WITH
-- one row per learner of the last seven days and number; an unlimited ratio (nothing solved) is null
measured AS (
  SELECT
    recent.course_id,
    recent.starts_on,
    recent.ends_on,
    measures.measure,
    CASE measures.measure
      WHEN 'problem_attempts' THEN CAST(recent.problem_attempts AS DOUBLE)
      WHEN 'problems_attempted' THEN CAST(recent.problems_attempted AS DOUBLE)
      WHEN 'problems_completed' THEN CAST(recent.problems_completed AS DOUBLE)
      WHEN 'attempts_per_completed' THEN recent.attempts_per_completed
      WHEN 'videos_viewed' THEN CAST(recent.videos_viewed AS DOUBLE)
      ELSE CAST(recent.discussion_contributions AS DOUBLE)
    END AS value,
    recent.source,
    recent.learner_id,
    measures.measure <> 'attempts_per_completed' OR recent.problem_attempts > 0 AS counts
  FROM engagement_recent AS recent
  CROSS JOIN (
    SELECT 'problem_attempts' AS measure
    UNION ALL SELECT 'problems_attempted' AS measure
    UNION ALL SELECT 'problems_completed' AS measure
    UNION ALL SELECT 'attempts_per_completed' AS measure
    UNION ALL SELECT 'videos_viewed' AS measure
    UNION ALL SELECT 'discussion_contributions' AS measure
  ) AS measures
  WHERE recent.weeks_ago = 0
),
-- one row per learner and number, in rising order; the unlimited stand last
ranked AS (
  SELECT
    course_id,
    measure,
    value,
    ROW_NUMBER() OVER (
      PARTITION BY course_id, measure
      ORDER BY CASE WHEN value IS NULL THEN 1 ELSE 0 END, value, source, learner_id
    ) - 1 AS place
  FROM measured
  WHERE counts
),
-- one row per course and number: how many learners it is known of
populations AS (
  SELECT course_id, measure, starts_on, ends_on, SUM(CASE WHEN counts THEN 1 ELSE 0 END) AS learners
  FROM measured
  GROUP BY course_id, measure, starts_on, ends_on
),
-- one row per course, number and percentile: between which two learners it lies, in hundredths of the way
wanted AS (
  SELECT
    populations.course_id,
    populations.measure,
    percentiles.percentile,
    ((populations.learners - 1) * percentiles.percentile) // 100 AS place,
    (populations.learners - 1) * percentiles.percentile
    - (((populations.learners - 1) * percentiles.percentile) // 100) * 100 AS hundredths
  FROM populations
  CROSS JOIN (SELECT 15 AS percentile UNION ALL SELECT 85 AS percentile) AS percentiles
  WHERE populations.learners > 0
),
-- one row per course, number and percentile; null is without limit
found AS (
  SELECT
    wanted.course_id,
    wanted.measure,
    wanted.percentile,
    CASE
      WHEN wanted.hundredths = 0 THEN at_or_below.value
      ELSE at_or_below.value + ((above.value - at_or_below.value) * CAST(wanted.hundredths AS DOUBLE)) / CAST(100 AS DOUBLE)
    END AS value
  FROM wanted
  JOIN ranked AS at_or_below
    ON wanted.course_id = at_or_below.course_id
    AND wanted.measure = at_or_below.measure
    AND wanted.place = at_or_below.place
  LEFT JOIN ranked AS above
    ON wanted.course_id = above.course_id
    AND wanted.measure = above.measure
    AND wanted.place + 1 = above.place
),
-- one row per course and number
limits AS (
  SELECT
    populations.course_id,
    populations.measure,
    populations.starts_on,
    populations.ends_on,
    populations.learners,
    low.value AS low_limit,
    high.value AS high_limit
  FROM populations
  LEFT JOIN found AS low
    ON populations.course_id = low.course_id AND populations.measure = low.measure AND low.percentile = 15
  LEFT JOIN found AS high
    ON populations.course_id = high.course_id AND populations.measure = high.measure AND high.percentile = 85
),
-- one row per course, number and range; whether both limits are the same, both without limit included
ranges AS (
  SELECT
    course_id,
    starts_on,
    ends_on,
    measure,
    'low' AS range_type,
    CAST(0 AS DOUBLE) AS low_value,
    low_limit AS high_value
  FROM limits
  WHERE learners > 0 AND (low_limit > 0 OR low_limit IS NULL)
  UNION ALL
  SELECT
    course_id,
    starts_on,
    ends_on,
    measure,
    'normal' AS range_type,
    CASE WHEN learners = 0 THEN CAST(0 AS DOUBLE) ELSE low_limit END AS low_value,
    CASE WHEN low_limit = high_limit THEN CAST(NULL AS DOUBLE) ELSE high_limit END AS high_value
  FROM limits
  UNION ALL
  SELECT
    course_id,
    starts_on,
    ends_on,
    measure,
    'high' AS range_type,
    high_limit AS low_value,
    CAST(NULL AS DOUBLE) AS high_value
  FROM limits
  WHERE learners > 0
    AND low_limit IS NOT NULL
    AND (high_limit IS NULL OR low_limit <> high_limit)
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(starts_on AS DATE) AS starts_on,
  CAST(ends_on AS DATE) AS ends_on,
  CAST(measure AS VARCHAR) AS measure,
  CAST(range_type AS VARCHAR) AS range_type,
  CAST(low_value AS DOUBLE) AS low_value,
  CAST(high_value AS DOUBLE) AS high_value
FROM ranges
