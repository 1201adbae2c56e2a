SELECT
  CAST(video_segments.course_id AS VARCHAR) AS course_id,
  CAST(video_segments.video_id AS VARCHAR) AS video_id,
  CAST(video_segments.segment AS BIGINT) AS segment,
  CAST(video_segments.segment * settings.segment_seconds AS BIGINT) AS starts_at_seconds,
  CAST(video_segments.viewers AS BIGINT) AS viewers,
  CAST(video_segments.views AS BIGINT) AS views,
  CAST(video_segments.views - video_segments.viewers AS BIGINT) AS replays
FROM video_segments
JOIN video_lengths
  ON video_segments.course_id = video_lengths.course_id
  AND video_segments.video_id = video_lengths.video_id
  AND video_segments.segment <= video_lengths.last_segment
CROSS JOIN settings
