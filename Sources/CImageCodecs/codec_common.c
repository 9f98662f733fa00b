#include "codec_common.h"

#include <stdlib.h>
#include <string.h>

cimage_decoder *cimage_decoder_create(void) { return calloc(1, sizeof(cimage_decoder)); }

void cimage_decoder_destroy(cimage_decoder *decoder) {
  if (decoder == NULL) return;
  free(decoder->pixels.bytes);
  free(decoder->scratch.bytes);
  free(decoder);
}

void codec_begin(cimage_decoder *decoder, const cimage_decode_options *options) {
  memset(&decoder->result, 0, sizeof decoder->result);
  decoder->result.reduction = 1;
  decoder->result.message = decoder->message;
  decoder->options = options;
  decoder->message[0] = '\0';
}

void codec_note(cimage_decoder *decoder, cimage_status status, const char *message) {
  if (decoder->result.status != CIMAGE_STATUS_OK) return;
  decoder->result.status = status;
  size_t length = strnlen(message, CODEC_MESSAGE_SIZE - 1);
  /* The message may already be where it belongs. */
  memmove(decoder->message, message, length);
  decoder->message[length] = '\0';
}

void codec_fail(cimage_decoder *decoder, cimage_status status, const char *message) {
  codec_note(decoder, status, message);
  codec_longjmp(decoder->environment);
}

void codec_warn(cimage_decoder *decoder) { decoder->result.warnings += 1; }

void codec_miss(cimage_decoder *decoder, const char *message) {
  if (!decoder->options->allow_truncated) codec_fail(decoder, CIMAGE_STATUS_TRUNCATED, message);
  decoder->result.truncated = 1;
  codec_warn(decoder);
}

void codec_check_size(cimage_decoder *decoder, uint64_t width, uint64_t height) {
  /* Both factors fit 32 bits, so the product fits 64. */
  if (width * height > decoder->options->max_pixels)
    codec_fail(decoder, CIMAGE_STATUS_TOO_MANY_PIXELS, "too many pixels");
}

uint8_t *codec_reserve(cimage_decoder *decoder, codec_buffer *buffer, size_t a, size_t b, size_t c) {
  size_t count;
  if (__builtin_mul_overflow(a, b, &count) || __builtin_mul_overflow(count, c, &count))
    codec_fail(decoder, CIMAGE_STATUS_OUT_OF_MEMORY, "the image does not fit the address space");
  if (count <= buffer->capacity) return buffer->bytes;
  free(buffer->bytes);
  buffer->capacity = 0;
  buffer->bytes = malloc(count);
  if (buffer->bytes == NULL) codec_fail(decoder, CIMAGE_STATUS_OUT_OF_MEMORY, "no memory for the pixels");
  buffer->capacity = count;
  return buffer->bytes;
}

/* over: the part of the background that an alpha leaves visible is added. */
static inline uint8_t over(uint32_t value, uint32_t alpha, uint32_t background) {
  return (uint8_t)codec_divide_255(value * alpha + background * (255 - alpha));
}

void codec_convert_row(
    const uint8_t *in, int native, uint8_t *out, int channels, size_t width, const uint8_t background[3]) {
  const uint32_t r0 = background[0], g0 = background[1], b0 = background[2];
  switch (native * 4 + channels) {
    case 1 * 4 + 3:
      for (size_t x = 0; x < width; x++) out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = in[x];
      break;
    case 2 * 4 + 1: {
      const uint32_t y0 = codec_luma(r0, g0, b0);
      for (size_t x = 0; x < width; x++) out[x] = over(in[2 * x], in[2 * x + 1], y0);
      break;
    }
    case 2 * 4 + 3:
      for (size_t x = 0; x < width; x++) {
        uint32_t value = in[2 * x], alpha = in[2 * x + 1];
        out[3 * x] = over(value, alpha, r0);
        out[3 * x + 1] = over(value, alpha, g0);
        out[3 * x + 2] = over(value, alpha, b0);
      }
      break;
    case 3 * 4 + 1:
      for (size_t x = 0; x < width; x++) out[x] = codec_luma(in[3 * x], in[3 * x + 1], in[3 * x + 2]);
      break;
    case 4 * 4 + 1:
      for (size_t x = 0; x < width; x++) {
        uint32_t alpha = in[4 * x + 3];
        out[x] = codec_luma(
            over(in[4 * x], alpha, r0), over(in[4 * x + 1], alpha, g0), over(in[4 * x + 2], alpha, b0));
      }
      break;
    case 4 * 4 + 3:
      for (size_t x = 0; x < width; x++) {
        uint32_t alpha = in[4 * x + 3];
        out[3 * x] = over(in[4 * x], alpha, r0);
        out[3 * x + 1] = over(in[4 * x + 1], alpha, g0);
        out[3 * x + 2] = over(in[4 * x + 2], alpha, b0);
      }
      break;
    default:
      memcpy(out, in, width * (size_t)channels);
  }
}

void codec_fill_background(uint8_t *pixels, size_t count, int channels, const uint8_t background[3]) {
  if (channels == 1) {
    memset(pixels, codec_luma(background[0], background[1], background[2]), count);
  } else {
    for (size_t i = 0; i < count; i++) memcpy(pixels + 3 * i, background, 3);
  }
}

void cimage_encoded_free(cimage_encoded *encoded) {
  free(encoded->bytes);
  encoded->bytes = NULL;
  encoded->count = 0;
}
