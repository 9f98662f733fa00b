/* libjpeg-turbo. jpeglib.h needs size_t and FILE but does not declare them. */
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
