"""The demo's documents: a short IEP as a PDF, and a portrait that is a colour with a lighter shape."""

from __future__ import annotations

import struct
import zlib

PORTRAIT = (96, 120)
COLOURS = ((11, 85, 99), (176, 88, 26), (107, 74, 134), (125, 114, 18), (63, 98, 70))


def iep_pdf(local_id: str, day: str) -> bytes:
    """One page that says whose it is by number, and that everything is invented."""
    lines = (
        "Individualized Education Program",
        f"Student {local_id}, {day}",
        "Invented for a demonstration.",
    )
    shown = "".join(
        f"BT /F1 14 Tf 72 {720 - 26 * place} Td ({line}) Tj ET\n" for place, line in enumerate(lines)
    )
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (
        out
        + f"{head}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )


def portrait_png(number: int) -> bytes:
    """Head and shoulders as a passer-by would draw them; ``number`` chooses the colour."""
    ground = COLOURS[number % len(COLOURS)]
    shape = tuple(min(255, part + 70) for part in ground)
    width, height = PORTRAIT
    rows = b"".join(b"\0" + _row(y, ground, shape) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _row(y: int, ground: tuple[int, ...], shape: tuple[int, ...]) -> bytes:
    width, height = PORTRAIT
    pixels = bytearray()
    for x in range(width):
        in_head = (x - width / 2) ** 2 + (y - height * 0.38) ** 2 < (width * 0.21) ** 2
        in_shoulders = ((x - width / 2) / 0.42) ** 2 + (y - height * 1.02) ** 2 < (
            height * 0.36 / 0.42 * 0.95
        ) ** 2
        pixels += bytes(shape if in_head or (in_shoulders and y > height * 0.62) else ground)
    return bytes(pixels)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
