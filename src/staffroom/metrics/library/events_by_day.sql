SELECT
  CAST(day AS DATE) AS day,
  CAST(COUNT(*) AS BIGINT) AS events
FROM events
GROUP BY day
