WITH
-- one row per deed whose object is known
deeds AS (
  SELECT
    course_id,
    source,
    learner_id,
    day,
    CASE action WHEN 'attempt' THEN 'problem' WHEN 'play' THEN 'video' ELSE 'discussion' END AS entity_type,
    object_id AS entity_id,
    CASE action WHEN 'attempt' THEN 'attempted' WHEN 'play' THEN 'viewed' ELSE 'contributed' END AS deed,
    outcome
  FROM learner_events
  WHERE object_id IS NOT NULL
    AND action IN ('attempt', 'play', 'post')
),
-- one row per deed; an attempt that was correct has another as completed
told AS (
  SELECT course_id, source, learner_id, day, entity_type, entity_id, deed
  FROM deeds
  UNION ALL
  SELECT course_id, source, learner_id, day, entity_type, entity_id, 'completed' AS deed
  FROM deeds
  WHERE deed = 'attempted' AND outcome = 'correct'
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(day AS DATE) AS day,
  CAST(entity_type AS VARCHAR) AS entity_type,
  CAST(entity_id AS VARCHAR) AS entity_id,
  CAST(deed AS VARCHAR) AS deed,
  CAST(COUNT(*) AS BIGINT) AS times
FROM told
GROUP BY course_id, source, learner_id, day, entity_type, entity_id, deed
