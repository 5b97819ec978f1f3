"""The strict rule for Ed25519: what docs/reference/records.md asks of points beyond the equation."""

from functools import cache

FIELD = 2**255 - 19
CURVE_D = -121665 * pow(121666, -1, FIELD) % FIELD


@cache
def is_strong(point):
    """Whether 32 bytes are the canonical encoding of a point of the curve, not one of small order.

    The curve is -x² + y² = 1 + d·x²·y². A point has small order where y is 0, 1 or -1, or, of the
    points of order eight, where d·y⁴ + 2·y² = 1.
    """
    y = int.from_bytes(point, "little") % 2**255
    if y >= FIELD or y in (0, 1, FIELD - 1) or (CURVE_D * y**4 + 2 * y**2 - 1) % FIELD == 0:
        return False
    square_of_x = (y**2 - 1) * pow(CURVE_D * y**2 + 1, -1, FIELD) % FIELD
    return pow(square_of_x, (FIELD - 1) // 2, FIELD) == 1
