#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec_common.h"

/* One encode. It lives in the frame below the one that calls setjmp, so that a jump leaves it intact. */
typedef struct png_encode {
  png_structp png;
  png_infop info;
  jmp_buf environment;
  cimage_encoded result;
  size_t capacity;
} png_encode;

static void on_error(png_structp png, png_const_charp message) {
  png_encode *encode = png_get_error_ptr(png);
  encode->result.status = CIMAGE_STATUS_UNSUPPORTED;
  snprintf(encode->result.message, sizeof encode->result.message, "%s", message);
  codec_longjmp(encode->environment);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  png_encode *encode = png_get_io_ptr(png);
  cimage_encoded *result = &encode->result;
  if (count > encode->capacity - result->count) {
    size_t capacity = 2 * encode->capacity + count + 4096;
    uint8_t *grown = realloc(result->bytes, capacity);
    if (grown == NULL) png_error(png, "no memory for the encoded image");
    result->bytes = grown;
    encode->capacity = capacity;
  }
  memcpy(result->bytes + result->count, bytes, count);
  result->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static void guarded_encode(
    png_encode *encode, const uint8_t *pixels, uint32_t width, uint32_t height, int channels) {
  if (codec_setjmp(encode->environment) != 0) return;
  encode->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, encode, on_error, on_warning);
  if (encode->png != NULL) encode->info = png_create_info_struct(encode->png);
  if (encode->info == NULL) {
    encode->result.status = CIMAGE_STATUS_OUT_OF_MEMORY;
    snprintf(encode->result.message, sizeof encode->result.message, "no memory for libpng");
    return;
  }
  png_structp png = encode->png;
  png_set_write_fn(png, encode, write_bytes, flush_nothing);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(
      png, encode->info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, encode->info);
  for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * width * (size_t)channels);
  png_write_end(png, NULL);
}

cimage_encoded cimage_encode_png(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels) {
  png_encode encode = {0};
  guarded_encode(&encode, pixels, width, height, channels);
  png_destroy_write_struct(&encode.png, &encode.info);
  if (encode.result.status != CIMAGE_STATUS_OK) cimage_encoded_free(&encode.result);
  return encode.result;
}
