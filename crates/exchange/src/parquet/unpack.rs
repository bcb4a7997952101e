//! Pages as they were before they were packed.
//!
//! What a page says of its size is compared with what it can be before memory is taken for it.

use std::io::Read;

use super::page::Fault;

/// How pages are packed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Codec {
    Bare,
    Snappy,
    Gzip,
    Zstd,
    /// Blocks of LZ4 behind their sizes, as Hadoop writes them.
    HadoopLz4,
    Lz4,
}

impl Codec {
    /// The codec of this number in a file.
    pub(super) fn of(number: i64) -> Result<Codec, Fault> {
        Ok(match number {
            0 => Codec::Bare,
            1 => Codec::Snappy,
            2 => Codec::Gzip,
            5 => Codec::HadoopLz4,
            6 => Codec::Zstd,
            7 => Codec::Lz4,
            3 => return Err(Fault::Codec("LZO")),
            4 => return Err(Fault::Codec("Brotli")),
            _ => return Err(Fault::Damaged),
        })
    }
}

/// Unpacks pages one after the other.
#[derive(Default)]
pub(super) struct Unpacker {
    snappy: snap::raw::Decoder,
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Unpacker {
    /// Unpacks `packed` to `size` bytes, neither more nor less.
    pub(super) fn unpack(&mut self, codec: Codec, packed: &[u8], size: usize, into: &mut Vec<u8>) -> Result<(), Fault> {
        into.clear();
        if size == 0 {
            return Ok(());
        }
        let done = match codec {
            Codec::Bare => {
                into.extend_from_slice(packed);
                Some(packed.len())
            }
            Codec::Snappy => self.snappy(packed, size, into),
            Codec::Gzip => gzip(packed, size, into),
            Codec::Zstd => self.zstd(packed, size, into),
            Codec::Lz4 => lz4(packed, size, into),
            Codec::HadoopLz4 => hadoop_lz4(packed, size, into).or_else(|| lz4(packed, size, into)),
        };
        if done == Some(size) && into.len() == size { Ok(()) } else { Err(Fault::Damaged) }
    }

    fn snappy(&mut self, packed: &[u8], size: usize, into: &mut Vec<u8>) -> Option<usize> {
        // A copy of 64 bytes takes three.
        if snap::raw::decompress_len(packed).ok()? != size || size / 64 > packed.len() {
            return None;
        }
        into.resize(size, 0);
        self.snappy.decompress(packed, into).ok()
    }

    fn zstd(&mut self, packed: &[u8], size: usize, into: &mut Vec<u8>) -> Option<usize> {
        // Memory that is only reserved is not taken before something is written there.
        into.try_reserve_exact(size).ok()?;
        if self.zstd.is_none() {
            self.zstd = zstd::bulk::Decompressor::new().ok();
        }
        self.zstd.as_mut()?.decompress_to_buffer(packed, into).ok()
    }
}

fn gzip(packed: &[u8], size: usize, into: &mut Vec<u8>) -> Option<usize> {
    let limit = u64::try_from(size).ok()?.checked_add(1)?;
    flate2::read::MultiGzDecoder::new(packed).take(limit).read_to_end(into).ok()
}

fn lz4(packed: &[u8], size: usize, into: &mut Vec<u8>) -> Option<usize> {
    // A byte of a length stands for 255 bytes at most.
    if size / 256 > packed.len() {
        return None;
    }
    into.clear();
    into.resize(size, 0);
    lz4_flex::block::decompress_into(packed, into).ok()
}

fn hadoop_lz4(mut packed: &[u8], size: usize, into: &mut Vec<u8>) -> Option<usize> {
    if size / 256 > packed.len() {
        return None;
    }
    into.resize(size, 0);
    let mut done = 0;
    while !packed.is_empty() {
        let (unpacked_size, rest) = packed.split_first_chunk()?;
        let (packed_size, rest) = rest.split_first_chunk()?;
        let unpacked_size = usize::try_from(u32::from_be_bytes(*unpacked_size)).ok()?;
        let (block, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*packed_size)).ok()?)?;
        let target = into.get_mut(done..)?.get_mut(..unpacked_size)?;
        if lz4_flex::block::decompress_into(block, target).ok()? != unpacked_size {
            return None;
        }
        done += unpacked_size;
        packed = rest;
    }
    Some(done)
}
