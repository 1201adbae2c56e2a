SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(unit_id AS VARCHAR) AS unit_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(day AS DATE) AS day,
  CAST(COUNT(*) AS BIGINT) AS visits
FROM located_events
WHERE action IN ('go_next', 'go_previous', 'go_to', 'leave_next', 'leave_previous')
  AND unit_id IS NOT NULL
GROUP BY course_id, unit_id, source, learner_id, day
