/* libpng. */
#include <png.h>
