-- The same change recorded twice at the same instant is one change.
SELECT DISTINCT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(happened_at AS TIMESTAMP) AS happened_at,
  CAST(day AS DATE) AS day,
  CAST(
    CASE action
      WHEN 'enrol' THEN 'activated'
      WHEN 'unenrol' THEN 'deactivated'
      WHEN 'change_mode' THEN 'mode_changed'
    END AS VARCHAR
  ) AS change,
  CAST(mode AS VARCHAR) AS mode
FROM learner_events
WHERE action IN ('enrol', 'unenrol', 'change_mode')
  AND mode IS NOT NULL
