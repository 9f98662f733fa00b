import CZlib
import MillraceImages
import MillraceNetwork

#if canImport(Glibc)
import Glibc
#endif

/// The libraries that results depend on, and which versions of them are in use.
package enum LibraryVersions {
  /// One line each, such as `OpenBLAS 0.3.26 (kernels for Zen)`.
  package static let lines =
    [
      CodecVersions.jpeg,
      "libpng \(CodecVersions.png)",
      CodecVersions.webp.map { "libwebp \($0)" } ?? "without libwebp: WebP images are not read",
      "zlib \(String(cString: zlibVersion()))",
      system,
      CompiledProduct.description, BLASProduct.description, BFloat16Product.description,
      "Swift \(compiler)",
    ].compactMap(\.self)

  /// The version of the C library, whose cosine, powers, logarithms and exponentials augmentations, schedules and
  /// temperatures use; a network's computation does not use it.
  private static var system: String? {
    #if canImport(Glibc)
    var text = [CChar](repeating: 0, count: 64)
    guard confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count) > 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
    return nil
    #endif
  }

  /// The compiler's version, as far as a program can ask for it.
  private static var compiler: String {
    #if compiler(>=6.4)
    "6.4 or newer"
    #elseif compiler(>=6.3)
    "6.3"
    #else
    "6.2"
    #endif
  }
}
