/* What the codecs of this folder share: the context, its buffers, failing. */
#ifndef CODEC_COMMON_H
#define CODEC_COMMON_H

#include <setjmp.h>
#include <stdbool.h>

#include "CImageCodecs.h"

/* Plain setjmp saves the signal mask on some systems, which costs a system call per image. */
#if defined(__APPLE__)
#define codec_setjmp(environment) _setjmp(environment)
#define codec_longjmp(environment) _longjmp(environment, 1)
#else
/* In glibc the plain ones leave the signal mask alone, and ThreadSanitizer knows them. */
#define codec_setjmp(environment) setjmp(environment)
#define codec_longjmp(environment) longjmp(environment, 1)
#endif

enum {
  CODEC_MESSAGE_SIZE = 200,
};

/* A buffer that only grows; growing drops its content. */
typedef struct codec_buffer {
  uint8_t *bytes;
  size_t capacity;
} codec_buffer;

struct cimage_decoder {
  /* Where a codec's fatal error lands. Set anew by each decode. */
  jmp_buf environment;
  cimage_decoded result;
  const cimage_decode_options *options;
  codec_buffer pixels;
  /* Rows (or, interlaced, the image) in the codec's own pixel format, where that is not the output's. */
  codec_buffer scratch;
  char message[CODEC_MESSAGE_SIZE];
};

/* Prepares the context for a decode. */
void codec_begin(cimage_decoder *decoder, const cimage_decode_options *options);

/* Notes why the decode fails; the caller then leaves by codec_fail's jump or by returning. The first
 * reason is kept. */
void codec_note(cimage_decoder *decoder, cimage_status status, const char *message);

/* codec_note and jump. */
_Noreturn void codec_fail(cimage_decoder *decoder, cimage_status status, const char *message);

/* Counts a warning. However many there are, they refuse nothing: what means that data is missing is no warning. */
void codec_warn(cimage_decoder *decoder);

/* Data is missing: a jump with TRUNCATED, unless that is allowed; then it is counted as a warning, too. */
void codec_miss(cimage_decoder *decoder, const char *message);

/* Refuses (by a jump) a size above the limit. */
void codec_check_size(cimage_decoder *decoder, uint64_t width, uint64_t height);

/* At least a * b * c bytes, or a jump with OUT_OF_MEMORY. */
uint8_t *codec_reserve(cimage_decoder *decoder, codec_buffer *buffer, size_t a, size_t b, size_t c);

/* Brings a row of a codec's pixels (native channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha) to 1 or 3
 * channels over a background. */
void codec_convert_row(
    const uint8_t *in, int native, uint8_t *out, int channels, size_t width, const uint8_t background[3]);

/* What no row reaches shows the background. */
void codec_fill_background(uint8_t *pixels, size_t count, int channels, const uint8_t background[3]);

/* Rec. 601 luma in the 16-bit fixed point of libjpeg, so both formats turn gray alike. */
static inline uint8_t codec_luma(uint32_t r, uint32_t g, uint32_t b) {
  return (uint8_t)((r * 19595u + g * 38470u + b * 7471u + 32768u) >> 16);
}

/* a * b / 255, rounded: exact for a * b up to 65025. */
static inline uint32_t codec_divide_255(uint32_t product) {
  uint32_t biased = product + 128;
  return (biased + (biased >> 8)) >> 8;
}

#endif
