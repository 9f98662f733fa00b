#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#include "CImageCodecs.h"

#if !defined(WITHOUT_OPTIONAL_LIBRARIES) && __has_include(<webp/decode.h>) && __has_include(<webp/demux.h>)
#include <webp/decode.h>
#define HAS_WEBP
#endif

#define TEXT(tokens) #tokens
#define VALUE_TEXT(macro) TEXT(macro)

const char *cimage_png_version(void) { return png_get_libpng_ver(NULL); }

const char *cimage_webp_version(void) {
#if defined(HAS_WEBP)
  static char text[16];
  int version = WebPGetDecoderVersion();
  snprintf(text, sizeof text, "%d.%d.%d", version >> 16 & 255, version >> 8 & 255, version & 255);
  return text;
#else
  return NULL;
#endif
}

const char *cimage_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " VALUE_TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " VALUE_TEXT(JPEG_LIB_VERSION);
#endif
}
