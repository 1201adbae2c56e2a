SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(unit_id AS VARCHAR) AS unit_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(day AS DATE) AS day,
  CAST(SUM(seconds) AS BIGINT) AS seconds,
  CAST(COUNT(*) AS BIGINT) AS stays
FROM unit_stays
GROUP BY course_id, unit_id, source, learner_id, day
