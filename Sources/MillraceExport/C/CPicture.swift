import MillraceImages

/// The part of a C file that brings a picture of any size to the network's pixels, as the pipeline does it.
///
/// It needs no memory but a row and the pixels themselves: the reduced picture is made again where it is needed, and
/// weights are worked out on the way, in double precision, since positions have more digits than a float.
struct CPicture {
  let preprocessing: Preprocessing

  private var fit: PictureFit { preprocessing.fit }
  private var isGray: Bool { preprocessing.channels == .gray }

  /// The functions; the last is `prepare`.
  var text: String {
    """
    enum { WIDTH = \(preprocessing.size.width), HEIGHT = \(preprocessing.size.height), \
    CHANNELS = \(preprocessing.channels.rawValue), AREA = WIDTH * HEIGHT };

    /* From a picture to the network's pixels. The picture is reduced by 8, 4 or 2 where enough pixels are left, each the
     * mean of a square of them; a part of it is brought to the size by a triangle filter, as wide as a pixel of the output
     * where that is the larger. */

    /* One axis, in pixels of the reduced picture. */
    typedef struct {
      int pixels;   /* how many there are */
      double end;   /* where the picture ends: its last pixel may stand for less than a whole one */
      double start; /* where the part begins that is shown */
      double scale; /* how many of them a pixel of the output shows */
      double reach; /* how far the filter reaches */\(fit == .padReflect ? "\n  int mirrors;  /* whether the picture ends within the part that is shown */" : "")
    } axis;

    typedef struct {
      const unsigned char *rgb;
      size_t stride;
      int width, height, factor;
      axis x, y;
    } picture;

    static axis make_axis(int length, int factor, double box, int count) {
      axis a;
      a.pixels = (length + factor - 1) / factor;
      a.end = (double)length / factor;
      a.start = (length - box) / 2 / factor;
      a.scale = box / factor / count;
      a.reach = a.scale > 1 ? a.scale : 1;\(fit == .padReflect ? "\n  a.mirrors = a.start < -1e-6 || a.start + box / factor > a.end + 1e-6;" : "")
      return a;
    }

    /* The pixels that the filter reaches from a position: from the first to before the last. */
    static int first_pixel(const axis *a, double position) {
      int pixel = (int)floor(position - a->reach) - 1;
      return \(fit == .padReflect ? "a->mirrors || pixel > 0" : "pixel > 0") ? pixel : 0;
    }

    static int last_pixel(const axis *a, double position) {
      int pixel = (int)floor(position + a->reach) + 2;
      return \(fit == .padReflect ? "a->mirrors || pixel < a->pixels" : "pixel < a->pixels") ? pixel : a->pixels;
    }

    static double center(const axis *a, int index) { return a->start + (index + 0.5) * a->scale; }

    /* Where a pixel begins; past the picture they go on in steps of 1 from its end. */
    static double edge(const axis *a, int pixel) {
      return pixel < a->pixels ? pixel : a->end + (pixel - a->pixels);
    }

    /* What a pixel counts for at a position. */
    static double weight(const axis *a, int pixel, double position) {
      double low = edge(a, pixel), high = edge(a, pixel + 1);
      double distance = fabs((low + high) / 2 - position) / a->reach;
      return distance < 1 ? (high - low) * (1 - distance) : 0;
    }

    \(more)/* A pixel of the reduced picture. */
    static void read_pixel(const picture *p, int x, int y, double *values) {
      int left = x * p->factor, top = y * p->factor;
      int right = p->width - left > p->factor ? left + p->factor : p->width;
      int bottom = p->height - top > p->factor ? top + p->factor : p->height;
      unsigned long count = (unsigned long)(right - left) * (unsigned long)(bottom - top);
      unsigned long sums[CHANNELS] = {0};
      int i, j, c;
      for (j = top; j < bottom; j++) {
        const unsigned char *rgb = p->rgb + (size_t)j * p->stride + 3 * (size_t)left;
        for (i = left; i < right; i++, rgb += 3) {
          \(isGray ? "sums[0] += (rgb[0] * 19595ul + rgb[1] * 38470ul + rgb[2] * 7471ul + 32768ul) >> 16;" : "for (c = 0; c < CHANNELS; c++) sums[c] += rgb[c];")
        }
      }
      for (c = 0; c < CHANNELS; c++) values[c] = (double)((sums[c] + count / 2) / count);
    }

    /* A row of the reduced picture, brought to the width: planes of WIDTH values. */
    static void read_row(const picture *p, int y, float *row) {
      int x, pixel, c;
      for (x = 0; x < WIDTH; x++) {
        double position = center(&p->x, x), total = 0, sums[CHANNELS] = {0}, values[CHANNELS];
        int end = last_pixel(&p->x, position);
        for (pixel = first_pixel(&p->x, position); pixel < end; pixel++) {
          double w = weight(&p->x, pixel, position);
          if (w <= 0) continue;
          read_pixel(p, \(fit == .padReflect ? "fold(pixel, p->x.pixels)" : "pixel"), y, values);
          for (c = 0; c < CHANNELS; c++) sums[c] += w * values[c];
          total += w;
        }
        for (c = 0; c < CHANNELS; c++) row[c * WIDTH + x] = total > 0 ? (float)(sums[c] / total) : 0;
      }
    }

    /* The network's pixels, planes of HEIGHT rows from 0 to 255. `row` has room for CHANNELS * WIDTH values. */
    static void prepare(const picture *p, float *row, float *pixels) {
      int first = first_pixel(&p->y, p->y.start), end = last_pixel(&p->y, p->y.start + HEIGHT * p->y.scale);
      int pixel, x, y, c;
      for (x = 0; x < CHANNELS * AREA; x++) pixels[x] = 0;
      for (pixel = first; pixel < end; pixel++) {
        int is_read = 0;
        for (y = 0; y < HEIGHT; y++) {
          float w = (float)weight(&p->y, pixel, center(&p->y, y));
          if (w <= 0) continue;
          if (!is_read) read_row(p, \(fit == .padReflect ? "fold(pixel, p->y.pixels)" : "pixel"), row);
          is_read = 1;
          for (c = 0; c < CHANNELS; c++)
            for (x = 0; x < WIDTH; x++) pixels[c * AREA + y * WIDTH + x] += w * row[c * WIDTH + x];
        }
      }
      for (y = 0; y < HEIGHT; y++) {
        double total = 0;
        for (pixel = first; pixel < end; pixel++) total += weight(&p->y, pixel, center(&p->y, y));
        for (c = 0; c < CHANNELS; c++)
          for (x = 0; x < WIDTH; x++) {
            float *value = pixels + c * AREA + y * WIDTH + x;
            *value = total > 0 ? (float)(*value / total) : 0;\(background)
          }
      }
    }
    """
  }

  /// What a fit needs beside the filter.
  private var more: String {
    switch fit {
    case .crop, .stretch: ""
    case .pad:
      """
      /* How much of a pixel of the output lies on the picture. */
      static double share(const axis *a, int index) {
        double low = a->start + index * a->scale, high = low + a->scale;
        double length = (high < a->end ? high : a->end) - (low > 0 ? low : 0);
        return length > 0 ? length / a->scale : 0;
      }

      static const float background[CHANNELS] = {\(levels.map(cLiteral).joined(separator: ", "))};


      """
    case .padReflect:
      """
      /* The pixel of which a place outside of the picture is the mirror image; the outermost are not repeated. */
      static int fold(int place, int pixels) {
        int period = 2 * (pixels - 1), folded;
        if (pixels == 1) return 0;
        folded = (place % period + period) % period;
        return folded < pixels ? folded : period - folded;
      }


      """
    }
  }

  /// The statement that shows the background.
  private var background: String {
    guard fit == .pad else { return "" }
    let margin = "\n          "
    return margin + "{" + margin + "  double inside = share(&p->x, x) * share(&p->y, y);" + margin
      + "  *value = (float)(inside * *value + (1 - inside) * background[c]);" + margin + "}"
  }

  private var levels: [Float] { preprocessing.backgroundLevels }

  /// The statements that find the box that is shown, of `width` and `height`.
  var box: String {
    let shape =
      "\(cLiteral(Double(preprocessing.size.width))) / \(cLiteral(Double(preprocessing.size.height)))"
    let size = "double box_width = width, box_height = height"
    return switch fit {
    case .stretch: "\(size);"
    case .crop:
      """
      \(size), shape = \(shape);
      if (box_width > box_height * shape) box_width = box_height * shape;
      else box_height = box_width / shape;
      """
    case .pad, .padReflect:
      """
      \(size), shape = \(shape);
      if (box_width > box_height * shape) box_height = box_width / shape;
      else box_width = box_height * shape;
      """
    }
  }

  /// The condition under which a reduction by `factor` leaves enough pixels.
  var suffices: String {
    let enough = preprocessing.decodedSize
    // A side that no picture has is never left.
    let (columns, rows) = (min(enough.width, Int(Int32.max)), min(enough.height, Int(Int32.max)))
    return "(width + factor - 1) / factor >= \(columns) && (height + factor - 1) / factor >= \(rows)"
  }
}
