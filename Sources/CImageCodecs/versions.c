#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#include "CImageCodecs.h"

#define TEXT(tokens) #tokens
#define VALUE_TEXT(macro) TEXT(macro)

const char *cimage_png_version(void) { return png_get_libpng_ver(NULL); }

const char *cimage_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " VALUE_TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " VALUE_TEXT(JPEG_LIB_VERSION);
#endif
}
