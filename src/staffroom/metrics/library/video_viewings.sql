WITH
-- one row per usable event of a player, in order, with what came before it on the same video
player_events AS (
  SELECT
    course_id,
    source,
    learner_id,
    object_id AS video_id,
    happened_at,
    action,
    position_seconds,
    target_seconds,
    duration_seconds,
    ROW_NUMBER() OVER learner_and_video AS n,
    LAG(action) OVER learner_and_video AS action_before
  FROM learner_events
  WHERE action IN ('play', 'pause', 'seek', 'stop')
    AND object_id IS NOT NULL
    AND position_seconds IS NOT NULL
    AND (action <> 'seek' OR target_seconds IS NOT NULL)
  WINDOW learner_and_video AS (
    PARTITION BY course_id, source, learner_id, object_id
    ORDER BY
      happened_us,
      action,
      COALESCE(target_seconds, position_seconds),
      position_seconds,
      COALESCE(video_code, ''),
      COALESCE(duration_seconds, -1),
      event_id
  )
),
-- one row per play, and per event that came right after one and so ended it
plays_and_ends AS (
  SELECT
    course_id,
    source,
    learner_id,
    video_id,
    happened_at,
    action,
    position_seconds,
    duration_seconds,
    LAG(CASE WHEN action = 'seek' THEN target_seconds END) OVER learner_and_video AS sought_before,
    LEAD(action) OVER learner_and_video AS ended_by,
    LEAD(position_seconds) OVER learner_and_video AS end_seconds
  FROM player_events
  WHERE action = 'play' OR action_before = 'play'
  WINDOW learner_and_video AS (
    PARTITION BY course_id, source, learner_id, video_id
    ORDER BY n
  )
),
-- one row per viewing: it starts where the seek that ended the one before it went, else where the player stood
viewings AS (
  SELECT
    course_id,
    source,
    learner_id,
    video_id,
    happened_at AS started_at,
    COALESCE(sought_before, position_seconds) AS start_seconds,
    end_seconds,
    duration_seconds,
    ended_by
  FROM plays_and_ends
  WHERE action = 'play' AND ended_by IN ('pause', 'seek', 'stop')
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(source AS VARCHAR) AS source,
  CAST(learner_id AS VARCHAR) AS learner_id,
  CAST(video_id AS VARCHAR) AS video_id,
  CAST(started_at AS TIMESTAMP) AS started_at,
  CAST(start_seconds AS DOUBLE) AS start_seconds,
  CAST(end_seconds AS DOUBLE) AS end_seconds,
  CAST(duration_seconds AS DOUBLE) AS duration_seconds,
  CAST(ended_by AS VARCHAR) AS ended_by
FROM viewings
WHERE (end_seconds - start_seconds) * 4 >= 1
  AND (duration_seconds IS NULL OR end_seconds <= duration_seconds + 1)
