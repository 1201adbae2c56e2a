-- How often each part of a video was watched: one row per video and segment that anybody watched.
WITH
-- one row per viewing, with the first and last segment it touches
touched AS (
  SELECT
    video_viewings.course_id,
    video_viewings.video_id,
    video_viewings.source,
    video_viewings.learner_id,
    CAST(FLOOR(video_viewings.start_seconds) AS BIGINT) // settings.segment_seconds AS first_segment,
    CAST(FLOOR(video_viewings.end_seconds) AS BIGINT) // settings.segment_seconds AS last_segment
  FROM video_viewings
  CROSS JOIN settings
),
-- one row per viewing and segment
watched AS (
  SELECT course_id, video_id, source, learner_id, UNNEST(GENERATE_SERIES(first_segment, last_segment)) AS segment
  FROM touched
),
-- one row per segment and learner
by_learner AS (
  SELECT course_id, video_id, segment, source, learner_id, COUNT(*) AS views
  FROM watched
  GROUP BY course_id, video_id, segment, source, learner_id
)
SELECT
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(video_id AS VARCHAR) AS video_id,
  CAST(segment AS BIGINT) AS segment,
  CAST(COUNT(*) AS BIGINT) AS viewers,
  CAST(SUM(views) AS BIGINT) AS views
FROM by_learner
GROUP BY course_id, video_id, segment
