WITH
-- one row per viewing, in whole milliseconds and no further than the video's end
stretches AS (
  SELECT
    video_viewings.course_id,
    video_viewings.source,
    video_viewings.learner_id,
    video_viewings.video_id,
    video_viewings.started_at,
    video_lengths.duration_seconds,
    CAST(FLOOR(video_viewings.start_seconds * 1000) AS BIGINT) AS start_ms,
    LEAST(
      CAST(FLOOR(video_viewings.end_seconds * 1000) AS BIGINT), video_lengths.duration_seconds * 1000
    ) AS end_ms
  FROM video_viewings
  JOIN video_lengths
    ON video_viewings.course_id = video_lengths.course_id
    AND video_viewings.video_id = video_lengths.video_id
),
-- one row per viewing, with how far the same learner's viewings that start earlier reach
unseen AS (
  SELECT
    course_id,
    source,
    learner_id,
    video_id,
    duration_seconds,
    end_ms,
    GREATEST(
      start_ms,
      COALESCE(
        MAX(end_ms) OVER (
          PARTITION BY course_id, source, learner_id, video_id
          ORDER BY start_ms, started_at
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        0
      )
    ) AS new_from_ms
  FROM stretches
),
-- one row per learner and video: what was seen at least once, to the nearest second
covered AS (
  SELECT
    course_id,
    source,
    learner_id,
    video_id,
    duration_seconds,
    LEAST(
      (SUM(CASE WHEN end_ms > new_from_ms THEN end_ms - new_from_ms ELSE 0 END) + 500) // 1000, duration_seconds
    ) AS covered_seconds
  FROM unseen
  GROUP BY course_id, source, learner_id, video_id, duration_seconds
)
SELECT
  CAST(covered.course_id AS VARCHAR) AS course_id,
  CAST(covered.source AS VARCHAR) AS source,
  CAST(covered.learner_id AS VARCHAR) AS learner_id,
  CAST(places.unit_id AS VARCHAR) AS unit_id,
  CAST(covered.video_id AS VARCHAR) AS video_id,
  CAST(covered.covered_seconds AS BIGINT) AS covered_seconds,
  CAST(covered.duration_seconds AS BIGINT) AS duration_seconds,
  CAST(
    CASE
      WHEN covered.duration_seconds > 0
        THEN CAST(covered.covered_seconds AS DOUBLE) / CAST(covered.duration_seconds AS DOUBLE)
    END AS DOUBLE
  ) AS covered_share
FROM covered
LEFT JOIN places
  ON covered.source = places.source
  AND covered.course_id = places.course_id
  AND covered.video_id = places.name
  AND places.kind = 'video'
