//! The checksum that ends a telegram from DSMR 4 on.

/// CRC-16/ARC: polynomial 0x8005 reflected (0xA001), initial value 0, no final inversion
/// (DSMR P1 companion standard 5.0.2, section 6.2).
///
/// Eight bytes a step: byte by byte, each lookup waits for the one before, and the checksum
/// takes as long as the parsing.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    let (steps, tail) = bytes.as_chunks::<8>();
    let crc = steps.iter().fold(0_u16, |crc, step| {
        let [low, high] = crc.to_le_bytes();
        let [a, b, rest @ ..] = *step;
        let step = [
            a ^ low,
            b ^ high,
            rest[0],
            rest[1],
            rest[2],
            rest[3],
            rest[4],
            rest[5],
        ];
        // A byte with n more behind it in the step is shifted through n zero bytes.
        step.iter()
            .zip(TABLES.iter().rev())
            .fold(0, |sum, (&byte, table)| sum ^ table[usize::from(byte)])
    });
    tail.iter().fold(crc, |crc, &byte| {
        let [low, _] = crc.to_le_bytes();
        (crc >> 8) ^ TABLES[0][usize::from(low ^ byte)]
    })
}

/// `TABLES[n][byte]` is the checksum of `byte` followed by `n` zero bytes.
const TABLES: [[u16; 256]; 8] = tables();

const fn tables() -> [[u16; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0_u16;
    while byte < 256 {
        let mut crc = byte;
        let mut zeros = 0;
        while zeros < 8 {
            crc = shift_byte(crc);
            tables[zeros][byte as usize] = crc;
            zeros += 1;
        }
        byte += 1;
    }
    tables
}

const fn shift_byte(mut crc: u16) -> u16 {
    let mut bit = 0;
    while bit < 8 {
        crc = if crc & 1 == 1 {
            (crc >> 1) ^ 0xA001
        } else {
            crc >> 1
        };
        bit += 1;
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::crc16;

    #[test]
    fn the_published_check_value_of_crc_16_arc() {
        assert_eq!(crc16(b"123456789"), 0xBB3D);
        assert_eq!(crc16(b""), 0);
    }
}
