#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "codec_common.h"

/* One encode. It lives in the frame below the one that calls setjmp, so that a jump leaves it intact. */
typedef struct jpeg_encode {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  jmp_buf environment;
  cimage_encoded result;
  unsigned char *bytes;
  unsigned long count;
} jpeg_encode;

static void on_error(j_common_ptr info) {
  jpeg_encode *encode = info->client_data;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  encode->result.status = CIMAGE_STATUS_UNSUPPORTED;
  snprintf(encode->result.message, sizeof encode->result.message, "%s", text);
  codec_longjmp(encode->environment);
}

static void on_message(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

static void print_nothing(j_common_ptr info) { (void)info; }

static void guarded_encode(
    jpeg_encode *encode, const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality) {
  if (codec_setjmp(encode->environment) != 0) return;
  j_compress_ptr info = &encode->info;
  jpeg_create_compress(info);
  info->client_data = encode;
  jpeg_mem_dest(info, &encode->bytes, &encode->count);
  info->image_width = width;
  info->image_height = height;
  info->input_components = channels;
  info->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, quality, TRUE);
  info->optimize_coding = TRUE;
  jpeg_start_compress(info, TRUE);
  while (info->next_scanline < height) {
    /* libjpeg takes pointers to non-const samples and only reads them. */
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)info->next_scanline * width * (size_t)channels);
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
}

cimage_encoded cimage_encode_jpeg(
    const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, int32_t quality) {
  jpeg_encode encode = {0};
  encode.info.err = jpeg_std_error(&encode.errors);
  encode.info.client_data = &encode;
  encode.errors.error_exit = on_error;
  encode.errors.emit_message = on_message;
  encode.errors.output_message = print_nothing;
  guarded_encode(&encode, pixels, width, height, channels, quality);
  jpeg_destroy_compress(&encode.info);
  if (encode.result.status == CIMAGE_STATUS_OK) {
    encode.result.bytes = encode.bytes;
    encode.result.count = encode.count;
  } else {
    free(encode.bytes);
  }
  return encode.result;
}
