#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "codec_common.h"

enum {
  /* Zero would mean no limit. None is kept anyway (see set_limits). */
  MAX_KEPT_CHUNKS = 16,
};

/* One decode. It lives in the frame below the one that calls setjmp, so that a jump leaves it intact. */
typedef struct png_decode {
  png_structp png;
  png_infop info;
  cimage_decoder *decoder;
  const uint8_t *next;
  size_t remaining;
  /* At least one row was read: what is there so far can be shown. */
  bool has_rows;
  /* The compressed data is to be read in steps of one byte, so that nothing before its end is lost. */
  bool in_small_steps;
  /* An interlaced image in libpng's pixel format that is still to be converted. */
  const uint8_t *unconverted;
  /* Channels of libpng's output: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  int native_channels;
} png_decode;

/* MARK: Errors and warnings */

static void on_error(png_structp png, png_const_charp message) {
  png_decode *decode = png_get_error_ptr(png);
  /* An image whose compressed data stops early while the file goes on. */
  bool is_cut = strstr(message, "Not enough image data") != NULL ||
                strstr(message, "IEND: out of place") != NULL;
  cimage_status status = CIMAGE_STATUS_CORRUPT;
  if (is_cut) status = CIMAGE_STATUS_TRUNCATED;
  if (strstr(message, "Out of memory") != NULL || strstr(message, "Insufficient memory") != NULL)
    status = CIMAGE_STATUS_OUT_OF_MEMORY;
  codec_fail(decode->decoder, status, message);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)message;
  codec_warn(((png_decode *)png_get_error_ptr(png))->decoder);
}

/* MARK: Source: the whole file is in memory */

static void read_bytes(png_structp png, png_bytep out, size_t count) {
  png_decode *decode = png_get_io_ptr(png);
  if (count > decode->remaining)
    codec_fail(decode->decoder, CIMAGE_STATUS_TRUNCATED, "the file ends before its end chunk");
  memcpy(out, decode->next, count);
  decode->next += count;
  decode->remaining -= count;
}

/* MARK: Pixels */

/* Does nothing unless there is something to convert. */
static void convert_interlaced(png_decode *decode) {
  cimage_decoder *decoder = decode->decoder;
  const uint8_t *in = decode->unconverted;
  if (in == NULL) return;
  size_t width = decoder->result.width;
  int channels = decoder->options->channels;
  for (size_t y = 0; y < decoder->result.height; y++)
    codec_convert_row(
        in + y * width * (size_t)decode->native_channels, decode->native_channels,
        decoder->pixels.bytes + y * width * (size_t)channels, channels, width, decoder->options->background);
  decode->unconverted = NULL;
}

/* Adam7: the passes fill in one whole image, which is converted when all went by. */
static void read_interlaced(png_decode *decode, uint8_t *out, int passes) {
  cimage_decoder *decoder = decode->decoder;
  size_t width = decoder->result.width, height = decoder->result.height;
  size_t row_bytes = width * (size_t)decode->native_channels;
  uint8_t *image = out;
  if (decode->native_channels != decoder->options->channels) {
    image = codec_reserve(decoder, &decoder->scratch, width, height, (size_t)decode->native_channels);
    if (decoder->options->allow_truncated) memset(image, 0, row_bytes * height);
    decode->unconverted = image;
  }
  for (int pass = 0; pass < passes; pass++)
    for (size_t y = 0; y < height; y++) {
      png_read_row(decode->png, image + y * row_bytes, NULL);
      decode->has_rows = true;
    }
  convert_interlaced(decode);
}

static void read_rows(png_decode *decode, uint8_t *out) {
  cimage_decoder *decoder = decode->decoder;
  size_t width = decoder->result.width, height = decoder->result.height;
  int channels = decoder->options->channels, native = decode->native_channels;
  if (native == channels) {
    for (size_t y = 0; y < height; y++) {
      png_read_row(decode->png, out + y * width * (size_t)channels, NULL);
      decode->has_rows = true;
    }
    return;
  }
  uint8_t *row = codec_reserve(decoder, &decoder->scratch, width, (size_t)native, 1);
  for (size_t y = 0; y < height; y++) {
    png_read_row(decode->png, row, NULL);
    codec_convert_row(row, native, out + y * width * (size_t)channels, channels, width, decoder->options->background);
    decode->has_rows = true;
  }
}

static void set_limits(png_decode *decode) {
  png_structp png = decode->png;
  uint64_t chunk_bytes = decode->decoder->options->max_chunk_bytes;
  /* width * height is what is limited, once both are known. */
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_cache_max(png, MAX_KEPT_CHUNKS);
  if (chunk_bytes > PNG_UINT_31_MAX) chunk_bytes = PNG_UINT_31_MAX;
  png_set_chunk_malloc_max(png, (png_alloc_size_t)chunk_bytes);
  /* Text, profiles, gamma and unknown chunks are walked over, not allocated and not unpacked: a file of a few
   * bytes may claim a gigabyte of them. */
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  /* What libpng calls benign occurs in ordinary files. */
  png_set_benign_errors(png, 1);
  if (decode->in_small_steps) png_set_compression_buffer_size(png, 1);
}

/* Asks libpng for 8-bit gray, gray and alpha, RGB, or RGB and alpha. Returns the number of passes. */
static int set_transforms(png_decode *decode) {
  png_structp png = decode->png;
  png_set_expand(png); /* palette to RGB, 1, 2 and 4 bits to 8, tRNS to alpha */
  png_set_scale_16(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, decode->info);
  decode->native_channels = png_get_channels(png, decode->info);
  if (png_get_bit_depth(png, decode->info) != 8 ||
      png_get_rowbytes(png, decode->info) !=
          (size_t)decode->decoder->result.width * (size_t)decode->native_channels)
    codec_fail(decode->decoder, CIMAGE_STATUS_UNSUPPORTED, "libpng cannot bring it to 8 bits");
  return passes;
}

static void decode_pixels(png_decode *decode) {
  cimage_decoder *decoder = decode->decoder;
  png_structp png = decode->png;
  png_read_info(png, decode->info);
  uint32_t width = png_get_image_width(png, decode->info);
  uint32_t height = png_get_image_height(png, decode->info);
  decoder->result.width = decoder->result.output_width = width;
  decoder->result.height = decoder->result.output_height = height;
  codec_check_size(decoder, width, height);

  int passes = set_transforms(decode);
  int channels = decoder->options->channels;
  uint8_t *out = codec_reserve(decoder, &decoder->pixels, width, height, (size_t)channels);
  if (decoder->options->allow_truncated)
    codec_fill_background(out, (size_t)width * height, channels, decoder->options->background);
  if (passes > 1)
    read_interlaced(decode, out, passes);
  else
    read_rows(decode, out);
  png_read_end(png, NULL);
}

/* The frame that setjmp returns to: it has no locals that change. */
static void guarded_decode(png_decode *decode) {
  if (codec_setjmp(decode->decoder->environment) != 0) return;
  decode->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decode, on_error, on_warning);
  if (decode->png == NULL)
    codec_fail(decode->decoder, CIMAGE_STATUS_OUT_OF_MEMORY, "no memory for libpng, or another version of it");
  decode->info = png_create_info_struct(decode->png);
  if (decode->info == NULL) codec_fail(decode->decoder, CIMAGE_STATUS_OUT_OF_MEMORY, "no memory for libpng");
  png_set_read_fn(decode->png, decode, read_bytes);
  set_limits(decode);
  decode_pixels(decode);
}

static png_decode decode_once(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options,
    bool in_small_steps) {
  codec_begin(decoder, options);
  png_decode decode = {
      .decoder = decoder, .next = bytes, .remaining = count, .in_small_steps = in_small_steps};
  guarded_decode(&decode);
  png_destroy_read_struct(&decode.png, &decode.info, NULL);
  return decode;
}

cimage_decoded cimage_decode_png(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options) {
  cimage_decoded *result = &decoder->result;
  png_decode decode = decode_once(decoder, bytes, count, options, false);
  if (result->status == CIMAGE_STATUS_TRUNCATED && options->allow_truncated) {
    /* libpng takes in a chunk of ordinary size at once, and nothing of one that is cut. */
    decode = decode_once(decoder, bytes, count, options, true);
    if (result->status == CIMAGE_STATUS_TRUNCATED && decode.has_rows) {
      convert_interlaced(&decode);
      result->status = CIMAGE_STATUS_OK;
      result->truncated = 1;
      result->warnings += 1;
    }
  }
  if (result->status == CIMAGE_STATUS_OK) result->pixels = decoder->pixels.bytes;
  return *result;
}
