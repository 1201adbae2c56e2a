WITH
-- one row per video: the segments in which it starts and ends; the end is the last 30 seconds or 5 %
ends AS (
  SELECT
    video_lengths.course_id,
    video_lengths.video_id,
    video_lengths.duration_seconds,
    video_lengths.is_known,
    video_lengths.last_segment,
    GREATEST(
      video_lengths.duration_seconds - 30,
      video_lengths.duration_seconds * 95 // 100
    ) // settings.segment_seconds AS end_segment
  FROM video_lengths
  CROSS JOIN settings
),
-- one row per video: how many were there at its start and end, and what they saw together
segments AS (
  SELECT
    ends.course_id,
    ends.video_id,
    COALESCE(MAX(CASE WHEN video_segments.segment = 0 THEN video_segments.viewers END), 0) AS viewers_at_start,
    COALESCE(
      MAX(CASE WHEN video_segments.segment = ends.end_segment THEN video_segments.viewers END), 0
    ) AS viewers_at_end,
    SUM(CASE WHEN video_segments.segment <= ends.last_segment THEN video_segments.views ELSE 0 END) AS segment_views
  FROM ends
  JOIN video_segments
    ON ends.course_id = video_segments.course_id
    AND ends.video_id = video_segments.video_id
  GROUP BY ends.course_id, ends.video_id
),
-- one row per video: how many viewings there were
viewings AS (
  SELECT course_id, video_id, COUNT(*) AS views
  FROM video_viewings
  GROUP BY course_id, video_id
),
-- one row per video: how much of it each of its viewers saw
coverage AS (
  SELECT
    video_coverage.course_id,
    video_coverage.video_id,
    COUNT(*) AS viewers,
    COUNT(CASE WHEN video_coverage.covered_share >= settings.completed_share THEN 1 END) AS completed,
    SUM(video_coverage.covered_seconds) AS covered_seconds
  FROM video_coverage
  CROSS JOIN settings
  GROUP BY video_coverage.course_id, video_coverage.video_id
)
SELECT
  CAST(ends.course_id AS VARCHAR) AS course_id,
  CAST(ends.video_id AS VARCHAR) AS video_id,
  CAST(ends.duration_seconds AS BIGINT) AS duration_seconds,
  CAST(coverage.viewers AS BIGINT) AS viewers,
  CAST(segments.viewers_at_start AS BIGINT) AS viewers_at_start,
  CAST(segments.viewers_at_end AS BIGINT) AS viewers_at_end,
  CAST(viewings.views AS BIGINT) AS views,
  CAST(segments.segment_views * settings.segment_seconds AS BIGINT) AS viewed_seconds,
  CAST(coverage.completed AS BIGINT) AS completed,
  CAST(
    CASE
      WHEN ends.duration_seconds > 0
        THEN CAST(coverage.covered_seconds AS DOUBLE) / CAST(coverage.viewers * ends.duration_seconds AS DOUBLE)
    END AS DOUBLE
  ) AS mean_covered_share,
  CAST(ends.is_known AS BOOLEAN) AS duration_is_known
FROM ends
JOIN segments
  ON ends.course_id = segments.course_id
  AND ends.video_id = segments.video_id
JOIN viewings
  ON ends.course_id = viewings.course_id
  AND ends.video_id = viewings.video_id
JOIN coverage
  ON ends.course_id = coverage.course_id
  AND ends.video_id = coverage.video_id
CROSS JOIN settings
