WITH
-- one row per learner, day and kind of event; the kind is null for what has no label of its own
kinds AS (
  SELECT
    course_id,
    source,
    learner_id,
    day,
    CASE
      WHEN action = 'attempt' AND emitted_by = 'server' THEN 'attempted_problem'
      WHEN action = 'play' AND emitted_by IN ('browser', 'mobile') THEN 'played_video'
      WHEN action = 'post' AND emitted_by = 'server' THEN 'posted_forum'
    END AS label,
    COUNT(*) AS events
  FROM learner_events
  WHERE COALESCE(emitted_by, '') <> 'task'
    AND COALESCE(action, '') NOT IN ('enrol', 'unenrol', 'change_mode')
    AND NOT COALESCE(event_type, '') LIKE 'edx.course.enrollment.%'
  GROUP BY course_id, source, learner_id, day, label
),
-- one row per learner, day and label; every event counts as active
labelled AS (
  SELECT course_id, source, learner_id, day, 'active' AS label, events
  FROM kinds
  UNION ALL
  SELECT course_id, source, learner_id, day, label, events
  FROM kinds
  WHERE label IS NOT NULL
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(day AS DATE) AS day,
  CAST(label AS VARCHAR) AS label,
  CAST(SUM(events) AS BIGINT) AS events
FROM labelled
GROUP BY course_id, source, learner_id, day, label
