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

void cimage_encoded_free(cimage_encoded *encoded) {
  free(encoded->bytes);
  encoded->bytes = NULL;
  encoded->count = 0;
}
