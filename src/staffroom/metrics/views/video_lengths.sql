-- How long each video is, and the last segment that counts: one row per video.
-- Where the player did not always know the length, it is taken from where viewers drop off.
WITH
-- one row per video: the length that all its viewings know
known AS (
  SELECT
    course_id,
    video_id,
    CASE
      WHEN COUNT(*) = COUNT(duration_seconds) THEN CAST(FLOOR(MAX(duration_seconds)) AS BIGINT)
    END AS duration_seconds
  FROM video_viewings
  GROUP BY course_id, video_id
),
-- one row per watched segment, with the watched segment before it
neighbours AS (
  SELECT
    course_id,
    video_id,
    segment,
    viewers,
    LAG(segment) OVER (PARTITION BY course_id, video_id ORDER BY segment) AS segment_before,
    LAG(viewers) OVER (PARTITION BY course_id, video_id ORDER BY segment) AS viewers_before
  FROM video_segments
),
-- one row per video: the last segment before almost everybody has left
drop_offs AS (
  SELECT
    neighbours.course_id,
    neighbours.video_id,
    COALESCE(
      MAX(
        CASE
          WHEN neighbours.viewers <= neighbours.viewers_before * settings.drop_off_share
            THEN neighbours.segment_before
        END
      ),
      MAX(neighbours.segment)
    ) AS last_segment
  FROM neighbours
  CROSS JOIN settings
  GROUP BY neighbours.course_id, neighbours.video_id
)
SELECT
  CAST(known.course_id AS VARCHAR) AS course_id,
  CAST(known.video_id AS VARCHAR) AS video_id,
  CAST(
    COALESCE(known.duration_seconds, (drop_offs.last_segment + 1) * settings.segment_seconds - 1) AS BIGINT
  ) AS duration_seconds,
  CAST(known.duration_seconds IS NOT NULL AS BOOLEAN) AS is_known,
  CAST(
    COALESCE(known.duration_seconds // settings.segment_seconds, drop_offs.last_segment) AS BIGINT
  ) AS last_segment
FROM known
JOIN drop_offs
  ON known.course_id = drop_offs.course_id
  AND known.video_id = drop_offs.video_id
CROSS JOIN settings
