/* JPEG, PNG, WebP and BMP, bytes to pixels, and for the first two back, behind a function each.
 *
 * Every setjmp of the project is here: a call enters C, finishes or fails in C, and returns a struct. Nothing
 * is read from or written to files, stdout or stderr. What is allowed (limits, what counts as cut short) comes
 * from the caller. One context serves one thread.
 */
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CIMAGE_PUBLIC __attribute__((visibility("default")))

/* How a call ended. */
typedef enum __attribute__((enum_extensibility(closed))) cimage_status : int32_t {
  CIMAGE_STATUS_OK = 0,
  /* The data ends, or gives out, before the image does. */
  CIMAGE_STATUS_TRUNCATED,
  /* The data contradicts the format. */
  CIMAGE_STATUS_CORRUPT,
  /* A well-formed image of a kind that is not decoded. */
  CIMAGE_STATUS_UNSUPPORTED,
  /* width * height is above max_pixels; width and height are set. */
  CIMAGE_STATUS_TOO_MANY_PIXELS,
  /* A JPEG with more than max_scans scans. */
  CIMAGE_STATUS_TOO_MANY_SCANS,
  CIMAGE_STATUS_OUT_OF_MEMORY,
} cimage_status;

typedef struct cimage_decode_options {
  /* 1 (gray) or 3 (RGB): the channels of the output. */
  int32_t channels;
  /* JPEG: the largest of the reductions 1, 2, 4, 8 is used that leaves at least this size, as stored in the
   * file (before EXIF orientation). Zero: full size. Others are always decoded at full size. */
  uint32_t min_width, min_height;
  /* What transparent pixels show: R, G, B. */
  uint8_t background[3];
  uint64_t max_pixels;
  uint32_t max_scans;
  /* What libpng may spend on one chunk that is not image data. */
  uint64_t max_chunk_bytes;
  /* Nonzero: an image that is cut short is decoded as far as it goes. */
  int32_t allow_truncated;
} cimage_decode_options;

typedef struct cimage_decoded {
  cimage_status status;
  /* The size in the file. */
  uint32_t width, height;
  /* The size of the output: ceil(width / reduction), ceil(height / reduction). */
  uint32_t output_width, output_height;
  int32_t reduction;
  /* Complaints of the codec that did not stop it. */
  int32_t warnings;
  /* Nonzero: data was missing, and allow_truncated accepted it. */
  int32_t truncated;
  /* output_height * output_width * channels bytes without padding; owned by the context, valid until its
   * next decode. NULL unless the status is OK. */
  const uint8_t *pixels;
  /* Why the status is not OK, in the codec's words; owned by the context. Never NULL. */
  const char *message;
} cimage_decoded;

/* The reused memory of one decoding thread. */
typedef struct cimage_decoder cimage_decoder;

/* NULL where memory is exhausted. */
CIMAGE_PUBLIC cimage_decoder *cimage_decoder_create(void);
CIMAGE_PUBLIC void cimage_decoder_destroy(cimage_decoder *decoder);

CIMAGE_PUBLIC cimage_decoded cimage_decode_jpeg(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options);
CIMAGE_PUBLIC cimage_decoded cimage_decode_png(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options);
/* Of an animation, the first frame. Without libwebp every file is UNSUPPORTED. */
CIMAGE_PUBLIC cimage_decoded cimage_decode_webp(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options);

/* Uncompressed, with a palette or masks; run-length encoding is UNSUPPORTED. */
CIMAGE_PUBLIC cimage_decoded cimage_decode_bmp(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options);

typedef struct cimage_encoded {
  cimage_status status;
  /* The file, to be given back with cimage_encoded_free. NULL unless the status is OK. */
  uint8_t *bytes;
  size_t count;
  char message[200];
} cimage_encoded;

/* pixels: height * width * channels bytes without padding, channels 1 or 3. quality: 1 to 100. */
CIMAGE_PUBLIC cimage_encoded cimage_encode_jpeg(
    const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, int32_t quality);
CIMAGE_PUBLIC cimage_encoded cimage_encode_png(
    const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels);
CIMAGE_PUBLIC void cimage_encoded_free(cimage_encoded *encoded);

/* The libraries' versions: of libpng the one that is loaded, of the JPEG library, which does not tell, the one that
 * this was built with. */
CIMAGE_PUBLIC const char *cimage_png_version(void);
/* NULL where this was built without libwebp. */
CIMAGE_PUBLIC const char *cimage_webp_version(void);
CIMAGE_PUBLIC const char *cimage_jpeg_version(void);

#ifdef __cplusplus
}
#endif

#endif
