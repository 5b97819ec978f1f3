"""What makes a public key acceptable: docs/reference/records.md, "Encodings"."""

from functools import cache

FIELD = 2**255 - 19
ED25519_D = -121665 * pow(121666, -1, FIELD) % FIELD
X25519_A = 486662
ML_KEM_PRIME = 3329
ML_KEM_VECTOR_BYTES = 1152


@cache
def is_strong_point(point):
    """Whether 32 bytes are the canonical encoding of a point of Ed25519, not one of small order.

    The curve is -x² + y² = 1 + d·x²·y². A point has small order where y is 0, 1 or -1, or, of the
    points of order eight, where d·y⁴ + 2·y² = 1.
    """
    y = int.from_bytes(point, "little") % 2**255
    if y >= FIELD or y in (0, 1, FIELD - 1) or (ED25519_D * y**4 + 2 * y**2 - 1) % FIELD == 0:
        return False
    square_of_x = (y**2 - 1) * pow(ED25519_D * y**2 + 1, -1, FIELD) % FIELD
    return pow(square_of_x, (FIELD - 1) // 2, FIELD) == 1


@cache
def is_sealing_key(key):
    """Whether 1216 bytes are an X-Wing public key, canonical in both halves: ML-KEM-768, X25519."""
    vector, u = key[:ML_KEM_VECTOR_BYTES], int.from_bytes(key[-32:], "little")
    triples = (int.from_bytes(vector[at : at + 3], "little") for at in range(0, len(vector), 3))
    is_reduced = all(max(three % 4096, three // 4096) < ML_KEM_PRIME for three in triples)
    return is_reduced and u < FIELD and not has_small_order(u)


def has_small_order(u):
    """Whether the point of X25519 with this coordinate, doubled three times, is the neutral one."""
    x, z = u, 1
    for _ in range(3):
        x, z = (x**2 - z**2) ** 2, 4 * x * z * (x**2 + X25519_A * x * z + z**2)
        x, z = x % FIELD, z % FIELD
    return z == 0
