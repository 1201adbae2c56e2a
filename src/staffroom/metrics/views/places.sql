-- Where in a course a name of the log leads: one row per course of a source, kind of place and name.
-- A block goes by its usage key, by the short id at the key's end and, in old logs, by the key with dashes.
WITH
-- one row per unit, with its neighbours in the order of the course
units AS (
  SELECT
    source,
    course_id,
    section_id,
    subsection_id,
    unit_id,
    unit_number,
    unit_count,
    section_number,
    subsection_number,
    LAG(unit_id) OVER (PARTITION BY source, course_id ORDER BY ordinal, block_id) AS unit_before_id,
    LEAD(unit_id) OVER (PARTITION BY source, course_id ORDER BY ordinal, block_id) AS unit_after_id
  FROM course_blocks
  WHERE block_type = 'vertical'
),
-- one row per subsection that holds units: what lies before its first and after its last unit
subsections AS (
  SELECT
    source,
    course_id,
    section_id,
    subsection_id,
    MIN(subsection_number) AS subsection_number,
    MAX(unit_number) AS unit_count,
    MAX(CASE WHEN unit_number = 1 THEN unit_before_id END) AS unit_before_id,
    MAX(CASE WHEN unit_number = unit_count THEN unit_after_id END) AS unit_after_id
  FROM units
  WHERE subsection_id IS NOT NULL
  GROUP BY source, course_id, section_id, subsection_id
),
-- one row per section: its first subsection that holds units
first_subsections AS (
  SELECT source, course_id, section_id, MIN(subsection_number) AS subsection_number
  FROM subsections
  WHERE section_id IS NOT NULL
  GROUP BY source, course_id, section_id
),
-- one row per place, under its usage key
keyed AS (
  SELECT
    source,
    course_id,
    'unit' AS kind,
    unit_id AS block_id,
    unit_id,
    subsection_id,
    unit_count,
    unit_before_id,
    unit_after_id
  FROM units
  UNION ALL
  SELECT
    source,
    course_id,
    'subsection' AS kind,
    subsection_id AS block_id,
    CAST(NULL AS VARCHAR) AS unit_id,
    subsection_id,
    unit_count,
    unit_before_id,
    unit_after_id
  FROM subsections
  UNION ALL
  SELECT
    subsections.source,
    subsections.course_id,
    'section' AS kind,
    subsections.section_id AS block_id,
    CAST(NULL AS VARCHAR) AS unit_id,
    subsections.subsection_id,
    subsections.unit_count,
    subsections.unit_before_id,
    subsections.unit_after_id
  FROM subsections
  JOIN first_subsections
    ON subsections.source = first_subsections.source
    AND subsections.course_id = first_subsections.course_id
    AND subsections.section_id = first_subsections.section_id
    AND subsections.subsection_number = first_subsections.subsection_number
  UNION ALL
  SELECT
    source,
    course_id,
    CASE WHEN block_type = 'video' THEN 'video' ELSE 'other' END AS kind,
    block_id,
    unit_id,
    subsection_id,
    unit_count,
    CAST(NULL AS VARCHAR) AS unit_before_id,
    CAST(NULL AS VARCHAR) AS unit_after_id
  FROM course_blocks
  WHERE unit_id IS NOT NULL AND block_type <> 'vertical'
),
-- one row per place and name
named AS (
  SELECT
    source,
    course_id,
    kind,
    block_id AS name,
    block_id,
    unit_id,
    subsection_id,
    unit_count,
    unit_before_id,
    unit_after_id
  FROM keyed
  UNION ALL
  SELECT
    source,
    course_id,
    kind,
    CASE
      WHEN block_id LIKE 'i4x://%' THEN SPLIT_PART(block_id, '/', 6)
      ELSE SPLIT_PART(block_id, '+block@', 2)
    END AS name,
    block_id,
    unit_id,
    subsection_id,
    unit_count,
    unit_before_id,
    unit_after_id
  FROM keyed
  UNION ALL
  SELECT
    source,
    course_id,
    kind,
    REPLACE(REPLACE(block_id, '://', '-'), '/', '-') AS name,
    block_id,
    unit_id,
    subsection_id,
    unit_count,
    unit_before_id,
    unit_after_id
  FROM keyed
  WHERE block_id LIKE 'i4x://%'
),
-- one row per place and name, numbered so that two blocks of one name cannot double an event
numbered AS (
  SELECT
    source,
    course_id,
    kind,
    name,
    unit_id,
    subsection_id,
    unit_count,
    unit_before_id,
    unit_after_id,
    ROW_NUMBER() OVER (PARTITION BY source, course_id, kind, name ORDER BY block_id) AS n
  FROM named
  WHERE name <> ''
)
SELECT
  CAST(source AS VARCHAR) AS source,
  CAST(course_id AS VARCHAR) AS course_id,
  CAST(kind AS VARCHAR) AS kind,
  CAST(name AS VARCHAR) AS name,
  CAST(unit_id AS VARCHAR) AS unit_id,
  CAST(subsection_id AS VARCHAR) AS subsection_id,
  CAST(unit_count AS BIGINT) AS unit_count,
  CAST(unit_before_id AS VARCHAR) AS unit_before_id,
  CAST(unit_after_id AS VARCHAR) AS unit_after_id
FROM numbered
WHERE n = 1
