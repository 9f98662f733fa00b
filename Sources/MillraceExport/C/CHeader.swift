import MillraceImages
import MillraceModels

/// The header of a C file: all that who uses it must know.
struct CHeader {
  let layout: CLayout
  /// The names of the files without their endings.
  let name: String
  let quantization: Quantization

  var text: String {
    let (prefix, macro) = (layout.prefix, layout.macro)
    let preprocessing = layout.model.preprocessing
    let (width, height) = (preprocessing.size.width, preprocessing.size.height)
    let channels = preprocessing.channels.rawValue
    return """
      /* A classifier of pictures, written by millrace export: \(networks).
       *
       *   static float workspace[\(macro)_WORKSPACE];
       *   float outputs[\(macro)_CLASSES];
       *   int best = \(prefix)_classify(rgb, width, height, 3 * (size_t)width, workspace, outputs);
       *   if (best >= 0) printf("%s %.3f\\n", \(prefix)_class_names[best], outputs[best]);
       *
       * Compile \(name).c as C99 with optimisation (cc -std=c99 -O3) and link with -lm. Nothing is allocated, and nothing
       * is kept from call to call: several threads may call at a time, each with a workspace of its own. */
      #ifndef \(macro)_H
      #define \(macro)_H

      #include <stddef.h>

      #ifdef __cplusplus
      extern "C" {
      #endif

      #define \(macro)_CLASSES \(layout.model.classes.count)
      /* The size of the network's input: \(preprocessing.channels == .gray ? "gray" : "planes of red, green and blue"). */
      #define \(macro)_CHANNELS \(channels)
      #define \(macro)_HEIGHT \(height)
      #define \(macro)_WIDTH \(width)
      /* The floats of working memory. What is in them before a call does not matter. */
      #define \(macro)_WORKSPACE \(layout.workspace)
      /* The longest side of a picture, in pixels. */
      #define \(macro)_LARGEST_SIDE \(CLayout.largestSide)

      /* The classes in the order of the outputs, in UTF-8. */
      extern const char *const \(prefix)_class_names[\(macro)_CLASSES];

      /* Classifies a picture of any size, which is decoded, upright, and over (\(background)) where it was transparent.
       * It is brought to the network's size and normalised here.
       *
       * rgb: red, green and blue of each pixel, a byte each, rows from top to bottom.
       * width, height: the picture's, from 1 to \(macro)_LARGEST_SIDE pixels.
       * stride: the bytes from the start of a row to the start of the next, at least 3 * width.
       * workspace: \(macro)_WORKSPACE floats.
       * outputs: takes \(macro)_CLASSES values: \(CAnswer(model: layout.model).words).
       *
       * Returns the place of the largest output, or -1 where width, height or stride is none, and nothing is written. */
      int \(prefix)_classify(
          const unsigned char *rgb, int width, int height, size_t stride, float *workspace, float *outputs);

      /* Classifies pixels that have the network's size already: (channels, height, width), from 0 to 255, not normalised.
       * They may stand where the workspace begins. The rest is as above. */
      int \(prefix)_classify_pixels(const float *pixels, float *workspace, float *outputs);

      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }

  private var background: String {
    let color = layout.model.preprocessing.background
    return "\(color.x), \(color.y), \(color.z)"
  }

  private var networks: String {
    let count = layout.model.members.count
    let weights = quantization.isInt8 ? "weights of 8 bits" : "weights of 32 bits"
    return (count == 1 ? "one network" : "the mean of \(count) networks") + " with \(weights)"
  }
}
