#include "codec_common.h"

#if !defined(WITHOUT_OPTIONAL_LIBRARIES) && __has_include(<webp/decode.h>) && __has_include(<webp/demux.h>)

#include <webp/decode.h>
#include <webp/demux.h>

/* One decode. It lives in the frame below the one that calls setjmp, so that a jump leaves it intact. */
typedef struct webp_decode {
  cimage_decoder *decoder;
  const uint8_t *bytes;
  size_t count;
  WebPAnimDecoder *animation;
  WebPIDecoder *incremental;
} webp_decode;

static _Noreturn void fail(cimage_decoder *decoder, VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      codec_fail(decoder, CIMAGE_STATUS_TRUNCATED, "the image data ends early");
    case VP8_STATUS_OUT_OF_MEMORY:
      codec_fail(decoder, CIMAGE_STATUS_OUT_OF_MEMORY, "no memory for libwebp");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      codec_fail(decoder, CIMAGE_STATUS_UNSUPPORTED, "it has a feature that libwebp does not know");
    default: codec_fail(decoder, CIMAGE_STATUS_CORRUPT, "libwebp cannot read the image data");
  }
}

/* Whether the file is as long as it says. */
static bool is_whole(const uint8_t *bytes, size_t count) {
  uint64_t said = 0;
  if (count < 8) return false;
  for (int i = 0; i < 4; i++) said |= (uint64_t)bytes[4 + i] << (8 * i);
  return said + 8 <= count;
}

static void convert(cimage_decoder *decoder, const uint8_t *pixels, int native, size_t stride, uint32_t rows) {
  size_t width = decoder->result.width;
  int channels = decoder->options->channels;
  for (size_t y = 0; y < rows; y++)
    codec_convert_row(
        pixels + y * stride, native, decoder->pixels.bytes + y * width * (size_t)channels, channels, width,
        decoder->options->background);
}

static void decode_animation(webp_decode *decode) {
  cimage_decoder *decoder = decode->decoder;
  WebPData data = {.bytes = decode->bytes, .size = decode->count};
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) fail(decoder, VP8_STATUS_UNSUPPORTED_FEATURE);
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  decode->animation = WebPAnimDecoderNew(&data, &options);
  WebPAnimInfo info;
  if (decode->animation == NULL || !WebPAnimDecoderGetInfo(decode->animation, &info))
    fail(decoder, is_whole(decode->bytes, decode->count) ? VP8_STATUS_BITSTREAM_ERROR : VP8_STATUS_NOT_ENOUGH_DATA);
  uint8_t *pixels;
  int time;
  if (info.canvas_width != decoder->result.width || info.canvas_height != decoder->result.height ||
      !WebPAnimDecoderGetNext(decode->animation, &pixels, &time))
    fail(decoder, VP8_STATUS_BITSTREAM_ERROR);
  convert(decoder, pixels, 4, (size_t)info.canvas_width * 4, info.canvas_height);
}

static void decode_still(webp_decode *decode, bool has_alpha) {
  cimage_decoder *decoder = decode->decoder;
  size_t width = decoder->result.width, height = decoder->result.height;
  int native = has_alpha ? 4 : 3;
  bool is_direct = native == decoder->options->channels;
  uint8_t *pixels = is_direct ? decoder->pixels.bytes
                              : codec_reserve(decoder, &decoder->scratch, width, height, (size_t)native);
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) fail(decoder, VP8_STATUS_UNSUPPORTED_FEATURE);
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)(width * (size_t)native);
  config.output.u.RGBA.size = width * height * (size_t)native;
  uint32_t rows = (uint32_t)height;
  if (!decoder->options->allow_truncated) {
    VP8StatusCode status = WebPDecode(decode->bytes, decode->count, &config);
    if (status != VP8_STATUS_OK) fail(decoder, status);
  } else {
    decode->incremental = WebPIDecode(NULL, 0, &config);
    if (decode->incremental == NULL) fail(decoder, VP8_STATUS_OUT_OF_MEMORY);
    VP8StatusCode status = WebPIUpdate(decode->incremental, decode->bytes, decode->count);
    if (status != VP8_STATUS_OK) {
      int last = 0;
      bool is_cut = status == VP8_STATUS_SUSPENDED || status == VP8_STATUS_NOT_ENOUGH_DATA;
      if (!is_cut || WebPIDecGetRGB(decode->incremental, &last, NULL, NULL, NULL) == NULL || last <= 0)
        fail(decoder, status);
      if (!decoder->result.truncated) codec_miss(decoder, "the image data ends early");
      rows = (uint32_t)last;
      if (is_direct)
        codec_fill_background(
            pixels + (size_t)rows * width * 3, (height - rows) * width, 3, decoder->options->background);
    }
  }
  if (!is_direct) convert(decoder, pixels, native, width * (size_t)native, rows);
}

/* The frame that setjmp returns to: it has no locals that change. */
static void guarded_decode(webp_decode *decode) {
  cimage_decoder *decoder = decode->decoder;
  if (codec_setjmp(decoder->environment) != 0) return;
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(decode->bytes, decode->count, &features);
  if (status != VP8_STATUS_OK) fail(decoder, status);
  decoder->result.width = decoder->result.output_width = (uint32_t)features.width;
  decoder->result.height = decoder->result.output_height = (uint32_t)features.height;
  codec_check_size(decoder, decoder->result.width, decoder->result.height);
  if (!is_whole(decode->bytes, decode->count)) codec_miss(decoder, "the file is shorter than it says");
  int channels = decoder->options->channels;
  uint8_t *out = codec_reserve(
      decoder, &decoder->pixels, decoder->result.width, decoder->result.height, (size_t)channels);
  if (decoder->options->allow_truncated)
    codec_fill_background(
        out, (size_t)decoder->result.width * decoder->result.height, channels, decoder->options->background);
  if (features.has_animation)
    decode_animation(decode);
  else
    decode_still(decode, features.has_alpha);
}

cimage_decoded cimage_decode_webp(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options) {
  codec_begin(decoder, options);
  webp_decode decode = {.decoder = decoder, .bytes = bytes, .count = count};
  guarded_decode(&decode);
  WebPAnimDecoderDelete(decode.animation);
  WebPIDelete(decode.incremental);
  if (decoder->result.status == CIMAGE_STATUS_OK) decoder->result.pixels = decoder->pixels.bytes;
  return decoder->result;
}

#else

cimage_decoded cimage_decode_webp(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options) {
  (void)bytes;
  (void)count;
  codec_begin(decoder, options);
  codec_note(decoder, CIMAGE_STATUS_UNSUPPORTED, "this was built without libwebp");
  return decoder->result;
}

#endif
