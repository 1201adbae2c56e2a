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
    subsection_number,
    LAG(unit_id) OVER (PARTITION BY source, course_id ORDER BY ordinal, block_id) AS unit_before_id,
    LEAD(unit_id) OVER (PARTITION BY source, course_id ORDER BY ordinal, block_id) AS unit_after_id
  FROM course_blocks
  WHERE block_type = 'vertical'
),
-- one row per subsection that holds units: what lies before its first and after its last unit,
-- and which of the section's such subsections it is
subsections AS (
  SELECT
    source,
    course_id,
    section_id,
    subsection_id,
    MAX(unit_number) AS unit_count,
    MAX(CASE WHEN unit_number = 1 THEN unit_before_id END) AS unit_before_id,
    MAX(CASE WHEN unit_number = unit_count THEN unit_after_id END) AS unit_after_id,
    ROW_NUMBER() OVER (
      PARTITION BY source, course_id, section_id
      ORDER BY MIN(subsection_number), subsection_id
    ) AS n
  FROM units
  WHERE subsection_id IS NOT NULL
  GROUP BY source, course_id, section_id, subsection_id
),
-- one row per place, under its usage key; a section is its first subsection that holds units
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
    subsections.source,
    subsections.course_id,
    kinds.kind,
    CASE WHEN kinds.kind = 'section' THEN subsections.section_id ELSE subsections.subsection_id END AS block_id,
    CAST(NULL AS VARCHAR) AS unit_id,
    subsections.subsection_id,
    subsections.unit_count,
    subsections.unit_before_id,
    subsections.unit_after_id
  FROM subsections
  CROSS JOIN (SELECT 'subsection' AS kind UNION ALL SELECT 'section' AS kind) AS kinds
  WHERE kinds.kind = 'subsection' OR subsections.n = 1
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
-- one row per usage key and name that it goes by
names AS (
  SELECT DISTINCT
    keys.block_id,
    CASE spellings.spelling
      WHEN 'whole' THEN keys.block_id
      WHEN 'dashed' THEN REPLACE(REPLACE(keys.block_id, '://', '-'), '/', '-')
      ELSE CASE
        WHEN keys.is_old THEN SPLIT_PART(keys.block_id, '/', 6)
        ELSE SPLIT_PART(keys.block_id, '+block@', 2)
      END
    END AS name
  FROM (SELECT DISTINCT block_id, block_id LIKE 'i4x://%' AS is_old FROM keyed) AS keys
  CROSS JOIN (
    SELECT 'whole' AS spelling UNION ALL SELECT 'short' AS spelling UNION ALL SELECT 'dashed' AS spelling
  ) AS spellings
  WHERE keys.is_old OR spellings.spelling <> 'dashed'
),
-- one row per place and name, numbered so that two blocks of one name cannot double an event
numbered AS (
  SELECT
    keyed.source,
    keyed.course_id,
    keyed.kind,
    names.name,
    keyed.unit_id,
    keyed.subsection_id,
    keyed.unit_count,
    keyed.unit_before_id,
    keyed.unit_after_id,
    ROW_NUMBER() OVER (
      PARTITION BY keyed.source, keyed.course_id, keyed.kind, names.name
      ORDER BY keyed.block_id
    ) AS n
  FROM keyed
  JOIN names ON keyed.block_id = names.block_id
  WHERE names.name <> ''
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
