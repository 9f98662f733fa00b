import CZlib
import MillraceImages
import MillraceNetwork

/// The libraries that results depend on, and which versions of them are in use.
public enum LibraryVersions {
  /// One line each, such as `OpenBLAS 0.3.26 (kernels for Zen)`.
  public static let lines =
    [
      CodecVersions.jpeg,
      "libpng \(CodecVersions.png)",
      "zlib \(String(cString: zlibVersion()))",
      CompiledProduct.description, BLASProduct.description,
      "Swift \(compiler)",
    ].compactMap(\.self)

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
