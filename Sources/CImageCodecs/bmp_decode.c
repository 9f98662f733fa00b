#include "codec_common.h"

#include <string.h>

/* BMP, uncompressed, with a palette or masks. Source: Microsoft, "Bitmap Header Types" and "Bitmap Storage", Windows GDI.
 *
 * There is no library for this format alone, and it is a header and rows: each read is checked against the file's end. */

enum {
  FILE_HEADER = 14,
  CORE_HEADER = 12,
  BI_RGB = 0,
  BI_RLE8 = 1,
  BI_RLE4 = 2,
  BI_BITFIELDS = 3,
  BI_ALPHABITFIELDS = 6,
};

/* A channel of a pixel of 16 or 32 bits: its mask, and where that begins. */
typedef struct mask {
  uint32_t bits;
  int shift;
} mask;

/* One decode. It lives in the frame below the one that calls setjmp, so that a jump leaves it intact. */
typedef struct bmp_decode {
  cimage_decoder *decoder;
  const uint8_t *bytes;
  size_t count;
  uint32_t bits;
  bool is_top_down;
  /* Where the rows begin, and from one to the next. */
  uint64_t data, stride;
  /* Red, green, blue; what the file does not have is black. */
  uint8_t palette[256][3];
  /* Red, green, blue, alpha; of no bits: opaque. */
  mask masks[4];
} bmp_decode;

static uint32_t number(const bmp_decode *decode, uint64_t offset, int bytes) {
  uint32_t value = 0;
  if (offset + (uint64_t)bytes > decode->count)
    codec_fail(decode->decoder, CIMAGE_STATUS_TRUNCATED, "the header ends early");
  for (int i = 0; i < bytes; i++) value |= (uint32_t)decode->bytes[offset + (uint64_t)i] << (8 * i);
  return value;
}

static _Noreturn void unsupported(bmp_decode *decode, const char *message) {
  codec_fail(decode->decoder, CIMAGE_STATUS_UNSUPPORTED, message);
}

static _Noreturn void corrupt(bmp_decode *decode, const char *message) {
  codec_fail(decode->decoder, CIMAGE_STATUS_CORRUPT, message);
}

static mask mask_of(uint32_t bits) {
  mask result = {.bits = bits, .shift = bits == 0 ? 0 : __builtin_ctz(bits)};
  return result;
}

/* A channel's value, brought to 0 to 255. */
static uint32_t channel(mask mask, uint32_t pixel) {
  uint64_t value = (pixel & mask.bits) >> mask.shift, largest = mask.bits >> mask.shift;
  return (uint32_t)(largest == 255 ? value : (value * 255 + largest / 2) / largest);
}

static void read_palette(bmp_decode *decode, uint64_t offset, uint32_t used, int entry_bytes) {
  uint32_t entries = 1u << decode->bits;
  if (used > 0 && used < entries) entries = used;
  for (uint32_t i = 0; i < entries; i++) {
    uint32_t color = number(decode, offset + (uint64_t)i * (uint64_t)entry_bytes, 3);
    for (int c = 0; c < 3; c++) decode->palette[i][c] = (uint8_t)(color >> (16 - 8 * c));
  }
}

/* Masks that leave gaps would be read as if they left none. */
static void check_masks(bmp_decode *decode) {
  for (int c = 0; c < 4; c++) {
    mask mask = decode->masks[c];
    if (mask.bits == 0) {
      if (c < 3) corrupt(decode, "a color has no bits");
      continue;
    }
    uint32_t ones = mask.bits >> mask.shift;
    if ((ones & (ones + 1)) != 0) unsupported(decode, "the bits of a color do not lie side by side");
  }
}

static void read_header(bmp_decode *decode) {
  uint32_t header = number(decode, FILE_HEADER, 4), compression = BI_RGB, used = 0;
  uint64_t width, height, after = FILE_HEADER + (uint64_t)header;
  decode->data = number(decode, 10, 4);
  if (header == CORE_HEADER) {
    width = number(decode, 18, 2);
    height = number(decode, 20, 2);
    decode->bits = number(decode, 24, 2);
  } else {
    if (header < 40 || header > 1024) unsupported(decode, "it has a header of unknown length");
    int64_t signed_width = (int32_t)number(decode, 18, 4), signed_height = (int32_t)number(decode, 22, 4);
    decode->is_top_down = signed_height < 0;
    if (signed_width < 0) corrupt(decode, "its width is below zero");
    width = (uint64_t)signed_width;
    height = (uint64_t)(decode->is_top_down ? -signed_height : signed_height);
    decode->bits = number(decode, 28, 2);
    compression = number(decode, 30, 4);
    used = number(decode, 46, 4);
  }
  if (width == 0 || height == 0) corrupt(decode, "it has no pixels");
  decode->decoder->result.width = decode->decoder->result.output_width = (uint32_t)width;
  decode->decoder->result.height = decode->decoder->result.output_height = (uint32_t)height;
  codec_check_size(decode->decoder, width, height);

  uint32_t bits = decode->bits;
  bool has_masks = compression == BI_BITFIELDS || compression == BI_ALPHABITFIELDS;
  if (compression == BI_RLE8 || compression == BI_RLE4) unsupported(decode, "it is run-length encoded");
  if (compression != BI_RGB && !has_masks) unsupported(decode, "it has a compression that is not known");
  if (has_masks && bits != 16 && bits != 32) corrupt(decode, "its colors have masks, and too few bits for them");
  switch (bits) {
    case 1:
    case 4:
    case 8:
      read_palette(decode, after, used, header == CORE_HEADER ? 3 : 4);
      break;
    case 16:
      for (int c = 0; c < 3; c++) decode->masks[c] = mask_of(0x7C00u >> (5 * c));
      break;
    case 24: break;
    case 32:
      for (int c = 0; c < 3; c++) decode->masks[c] = mask_of(0xFF0000u >> (8 * c));
      break;
    default: unsupported(decode, "it has an unknown number of bits a pixel");
  }
  if (has_masks) {
    /* In the longer headers, or behind the short one. */
    for (int c = 0; c < 3; c++) decode->masks[c] = mask_of(number(decode, FILE_HEADER + 40 + 4 * (uint64_t)c, 4));
    if (header >= 56 || compression == BI_ALPHABITFIELDS) decode->masks[3] = mask_of(number(decode, FILE_HEADER + 52, 4));
    if (bits == 16)
      for (int c = 0; c < 4; c++) decode->masks[c] = mask_of(decode->masks[c].bits & 0xFFFF);
    check_masks(decode);
  }
  decode->stride = (width * bits + 31) / 32 * 4;
}

/* Brings a row to three or four bytes a pixel. */
static void unpack_row(const bmp_decode *decode, const uint8_t *in, uint8_t *out, bool has_alpha) {
  size_t width = decode->decoder->result.width;
  switch (decode->bits) {
    case 1:
    case 4:
    case 8:
      for (size_t x = 0; x < width; x++) {
        size_t bit = x * decode->bits;
        uint32_t index = (in[bit / 8] >> (8 - decode->bits - bit % 8)) & ((1u << decode->bits) - 1);
        memcpy(out + 3 * x, decode->palette[index], 3);
      }
      break;
    case 24:
      for (size_t x = 0; x < width; x++)
        for (int c = 0; c < 3; c++) out[3 * x + (size_t)c] = in[3 * x + 2 - (size_t)c];
      break;
    default: {
      size_t bytes = decode->bits / 8, native = has_alpha ? 4 : 3;
      for (size_t x = 0; x < width; x++) {
        uint32_t pixel = 0;
        for (size_t i = 0; i < bytes; i++) pixel |= (uint32_t)in[x * bytes + i] << (8 * i);
        for (size_t c = 0; c < native; c++) out[native * x + c] = (uint8_t)channel(decode->masks[c], pixel);
      }
    }
  }
}

static void decode_rows(bmp_decode *decode) {
  cimage_decoder *decoder = decode->decoder;
  size_t width = decoder->result.width, height = decoder->result.height;
  size_t channels = (size_t)decoder->options->channels;
  bool has_alpha = decode->masks[3].bits != 0;
  int native = has_alpha ? 4 : 3;
  /* Of the last row of the file, what fills it up to whole words may be missing. */
  uint64_t row_bytes = ((uint64_t)width * decode->bits + 7) / 8;
  uint64_t left = decode->data < decode->count ? decode->count - decode->data : 0;
  uint64_t whole = left < row_bytes ? 0 : (left - row_bytes) / decode->stride + 1;
  size_t rows = whole < height ? (size_t)whole : height;
  if (rows < height) codec_miss(decoder, "the image data ends early");

  uint8_t *pixels = codec_reserve(decoder, &decoder->pixels, width, height, channels);
  if (rows < height)
    codec_fill_background(pixels, width * height, (int)channels, decoder->options->background);
  uint8_t *scratch = codec_reserve(decoder, &decoder->scratch, width, (size_t)native, 1);
  for (size_t row = 0; row < rows; row++) {
    size_t y = decode->is_top_down ? row : height - 1 - row;
    unpack_row(decode, decode->bytes + decode->data + row * decode->stride, scratch, has_alpha);
    codec_convert_row(
        scratch, native, pixels + y * width * channels, (int)channels, width, decoder->options->background);
  }
}

/* The frame that setjmp returns to: it has no locals that change. */
static void guarded_decode(bmp_decode *decode) {
  if (codec_setjmp(decode->decoder->environment) != 0) return;
  read_header(decode);
  decode_rows(decode);
}

cimage_decoded cimage_decode_bmp(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options) {
  codec_begin(decoder, options);
  bmp_decode decode = {.decoder = decoder, .bytes = bytes, .count = count};
  guarded_decode(&decode);
  if (decoder->result.status == CIMAGE_STATUS_OK) decoder->result.pixels = decoder->pixels.bytes;
  return decoder->result;
}
