/** @file Codecs of Parquet files beyond Snappy, which the reader has built in: results of this project need none. */

export const compressors: Readonly<Record<string, never>> = {};
