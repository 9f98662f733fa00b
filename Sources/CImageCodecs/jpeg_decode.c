#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "codec_common.h"

enum {
  /* libjpeg hands out at most max_v_samp_factor (4) rows a call. */
  ROWS_PER_CALL = 4,
  MAX_CMYK_COMPONENTS = 4,
};

/* One decode. It lives in the frame below the one that calls setjmp, so that a jump leaves it intact. */
typedef struct jpeg_decode {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  cimage_decoder *decoder;
  /* Bit i: some scan carried component i. */
  uint32_t components_seen;
  /* The file has come to its end before an end marker. */
  bool reached_end;
  /* Bytes were passed over before that, in search of a marker. */
  bool is_padded;
} jpeg_decode;

static jpeg_decode *decode_of(j_common_ptr info) { return info->client_data; }
static cimage_decoder *decoder_of(j_common_ptr info) { return decode_of(info)->decoder; }

/* MARK: Errors and warnings */

static cimage_status status_of_error(int code) {
  switch (code) {
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      return CIMAGE_STATUS_TRUNCATED;
    case JERR_OUT_OF_MEMORY:
      return CIMAGE_STATUS_OUT_OF_MEMORY;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOT_COMPILED:
    case JERR_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
      return CIMAGE_STATUS_UNSUPPORTED;
    default:
      return CIMAGE_STATUS_CORRUPT;
  }
}

/* What libjpeg says last; of what follows from the end of the file, that. */
static void get_message(j_common_ptr info, char text[JMSG_LENGTH_MAX]) {
  if (decode_of(info)->reached_end) info->err->msg_code = JWRN_JPEG_EOF;
  info->err->format_message(info, text);
}

/* libjpeg only warns where entropy-coded data is missing, and goes on with gray. */
static bool means_missing_data(int code) {
  switch (code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
      return true;
    default:
      return false;
  }
}

static void on_error(j_common_ptr info) {
  cimage_decoder *decoder = decoder_of(info);
  /* Once data was missing, whatever goes wrong next follows from that. */
  bool is_truncated = decoder->result.truncated || decode_of(info)->reached_end;
  cimage_status status = is_truncated ? CIMAGE_STATUS_TRUNCATED : status_of_error(info->err->msg_code);
  char text[JMSG_LENGTH_MAX];
  get_message(info, text);
  codec_fail(decoder, status, text);
}

static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return; /* traces */
  jpeg_decode *decode = decode_of(info);
  if (means_missing_data(info->err->msg_code)) {
    char text[JMSG_LENGTH_MAX];
    get_message(info, text);
    codec_miss(decode->decoder, text);
  } else {
    if (info->err->msg_code == JWRN_EXTRANEOUS_DATA && decode->reached_end) decode->is_padded = true;
    codec_warn(decode->decoder);
  }
}

static void print_nothing(j_common_ptr info) { (void)info; }

/* MARK: Source: the whole file is in memory */

static void source_nothing(j_decompress_ptr info) { (void)info; }

/* Whether more than an end marker is missing shows in what comes next. */
static boolean source_end(j_decompress_ptr info) {
  static const JOCTET end_of_image[] = {0xFF, JPEG_EOI};
  decode_of((j_common_ptr)info)->reached_end = true;
  info->src->next_input_byte = end_of_image;
  info->src->bytes_in_buffer = sizeof end_of_image;
  return TRUE;
}

static void source_skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  size_t step = (size_t)count;
  if (step > info->src->bytes_in_buffer) step = info->src->bytes_in_buffer;
  info->src->next_input_byte += step;
  info->src->bytes_in_buffer -= step;
}

/* MARK: Scans */

/* Called at least once in each scan of a file with several, before its data is read. */
static void on_progress(j_common_ptr common) {
  j_decompress_ptr info = (j_decompress_ptr)common;
  jpeg_decode *decode = decode_of(common);
  if ((uint32_t)info->input_scan_number > decode->decoder->options->max_scans)
    codec_fail(decode->decoder, CIMAGE_STATUS_TOO_MANY_SCANS, "too many scans");
  for (int i = 0; i < info->comps_in_scan; i++)
    decode->components_seen |= 1u << info->cur_comp_info[i]->component_index;
}

/* Whether the scans of a progressive file have brought every coefficient of every component to its last bit. */
static bool is_fully_refined(j_decompress_ptr info) {
  if (info->coef_bits == NULL) return true;
  for (int i = 0; i < info->num_components; i++)
    for (int k = 0; k < DCTSIZE2; k++)
      if (info->coef_bits[i][k] != 0) return false;
  return true;
}

/* A file may end properly without ever having said all there is to say. */
static void check_completeness(jpeg_decode *decode) {
  j_decompress_ptr info = &decode->info;
  /* Where arithmetic-coded data ends, zeros follow by definition, so no decoder can tell whether some is missing. */
  if (info->arith_code) codec_warn(decode->decoder);
  if (!jpeg_has_multiple_scans(info)) return;
  if (decode->components_seen != (1u << info->num_components) - 1)
    codec_miss(decode->decoder, "a color component has no scan");
  if (is_fully_refined(info)) return;
  /* Progressive data may stop at a coarser precision on purpose, and then says that it ends; it is worth a warning. */
  if (decode->reached_end)
    codec_miss(decode->decoder, "the file ends before its last scan");
  else
    codec_warn(decode->decoder);
}

/* A file whose space was set aside before it was written, or that was salvaged block by block, has zeros in the place of
 * its end marker, and may lack nothing else. One that is cut short may be cut right where its data ends. */
static void check_end(jpeg_decode *decode) {
  if (decode->reached_end && !decode->is_padded) codec_miss(decode->decoder, "Premature end of JPEG file");
}

/* MARK: Pixels */

static void choose_reduction(jpeg_decode *decode) {
  j_decompress_ptr info = &decode->info;
  const cimage_decode_options *options = decode->decoder->options;
  uint32_t reduction = 1;
  if (options->min_width > 0 && options->min_height > 0)
    for (uint32_t next = 2; next <= 8; next *= 2)
      if ((info->image_width + next - 1) / next >= options->min_width &&
          (info->image_height + next - 1) / next >= options->min_height)
        reduction = next;
  info->scale_num = 1;
  info->scale_denom = reduction;
  decode->decoder->result.reduction = (int32_t)reduction;
}

/* What is stored is inverted ink, and so already light: that is what files with Adobe's marker hold, and nearly all
 * without it have lost it on the way. Browsers and other decoders read them alike, too. */
static void convert_cmyk(const uint8_t *cmyk, uint8_t *out, size_t width, int channels) {
  for (size_t x = 0; x < width; x++, cmyk += 4, out += channels) {
    uint32_t k = cmyk[3];
    uint32_t r = codec_divide_255(cmyk[0] * k);
    uint32_t g = codec_divide_255(cmyk[1] * k);
    uint32_t b = codec_divide_255(cmyk[2] * k);
    if (channels == 1) {
      out[0] = codec_luma(r, g, b);
    } else {
      out[0] = (uint8_t)r;
      out[1] = (uint8_t)g;
      out[2] = (uint8_t)b;
    }
  }
}

static void read_cmyk(jpeg_decode *decode, uint8_t *pixels) {
  j_decompress_ptr info = &decode->info;
  cimage_decoder *decoder = decode->decoder;
  size_t row_bytes = (size_t)info->output_width * (size_t)decoder->options->channels;
  JSAMPROW row = codec_reserve(decoder, &decoder->scratch, info->output_width, MAX_CMYK_COMPONENTS, 1);
  while (info->output_scanline < info->output_height) {
    uint8_t *out = pixels + info->output_scanline * row_bytes;
    if (jpeg_read_scanlines(info, &row, 1) == 1)
      convert_cmyk(row, out, info->output_width, decoder->options->channels);
  }
}

static void read_direct(jpeg_decode *decode, uint8_t *pixels) {
  j_decompress_ptr info = &decode->info;
  size_t row_bytes = (size_t)info->output_width * (size_t)decode->decoder->options->channels;
  while (info->output_scanline < info->output_height) {
    JSAMPROW rows[ROWS_PER_CALL];
    JDIMENSION count = info->output_height - info->output_scanline;
    if (count > ROWS_PER_CALL) count = ROWS_PER_CALL;
    for (JDIMENSION i = 0; i < count; i++) rows[i] = pixels + (info->output_scanline + i) * row_bytes;
    jpeg_read_scanlines(info, rows, count);
  }
}

static void decode_pixels(jpeg_decode *decode) {
  j_decompress_ptr info = &decode->info;
  cimage_decoder *decoder = decode->decoder;

  jpeg_read_header(info, TRUE);
  decoder->result.width = info->image_width;
  decoder->result.height = info->image_height;
  codec_check_size(decoder, info->image_width, info->image_height);
  if (info->data_precision != 8)
    codec_fail(decoder, CIMAGE_STATUS_UNSUPPORTED, "its precision is not 8 bits");

  bool is_cmyk = info->num_components == 4;
  if (is_cmyk)
    info->out_color_space = JCS_CMYK;
  else
    info->out_color_space = decoder->options->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  choose_reduction(decode);
  info->dct_method = JDCT_ISLOW;

  jpeg_start_decompress(info);
  check_completeness(decode);
  decoder->result.output_width = info->output_width;
  decoder->result.output_height = info->output_height;
  uint8_t *pixels = codec_reserve(
      decoder, &decoder->pixels, info->output_width, info->output_height, (size_t)decoder->options->channels);
  if (is_cmyk)
    read_cmyk(decode, pixels);
  else
    read_direct(decode, pixels);
  /* Reads on to the end marker. */
  jpeg_finish_decompress(info);
  check_end(decode);
  decoder->result.pixels = pixels;
}

/* The frame that setjmp returns to: it has no locals that change.
 *
 * The structure is made anew for each file, for a third of a microsecond: one that is kept hands the tables of
 * the file before to a file that lacks its own. */
static void guarded_decode(jpeg_decode *decode) {
  if (codec_setjmp(decode->decoder->environment) != 0) return;
  jpeg_create_decompress(&decode->info);
  decode->info.client_data = decode;
  decode->info.src = &decode->source;
  decode->info.progress = &decode->progress;
  decode_pixels(decode);
}

cimage_decoded cimage_decode_jpeg(
    cimage_decoder *decoder, const uint8_t *bytes, size_t count, const cimage_decode_options *options) {
  codec_begin(decoder, options);
  jpeg_decode decode = {.decoder = decoder};
  decode.info.err = jpeg_std_error(&decode.errors);
  decode.info.client_data = &decode;
  decode.errors.error_exit = on_error;
  decode.errors.emit_message = on_message;
  decode.errors.output_message = print_nothing;
  decode.progress.progress_monitor = on_progress;
  decode.source = (struct jpeg_source_mgr){
      .next_input_byte = bytes,
      .bytes_in_buffer = count,
      .init_source = source_nothing,
      .fill_input_buffer = source_end,
      .skip_input_data = source_skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = source_nothing,
  };
  guarded_decode(&decode);
  /* Safe on a structure that was never created: its memory manager is NULL then. */
  jpeg_destroy_decompress(&decode.info);
  return decoder->result;
}
