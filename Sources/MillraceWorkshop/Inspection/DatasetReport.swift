public import MillraceImages
public import MillraceTraining

/// What ``DatasetCheck`` found in a folder of images.
public struct DatasetReport: Sendable {
  /// What may be wrong with a single image.
  public enum Finding: String, Sendable, Hashable, CaseIterable {
    /// It cannot be used.
    case unreadable
    /// It ends too early, so it is not used.
    case truncated
    /// It ends too early, and is used as far as it goes.
    case cutShort
    /// It is used, and the decoder complains of it.
    case decodedWithWarnings
    /// Its name ends like that of another format.
    case misnamed
    /// It has four inks.
    case cmyk
    /// It has 16 bits a sample, of which 8 are used.
    case sixteenBit
    /// It is transparent in places, which show the background.
    case transparent
    /// Most of what it shows has the colour of the background that lies behind it.
    case lostOnBackground
    /// EXIF says that it must be turned, which is done.
    case turned
    /// One side is shorter than ``DatasetReport/tinySide``.
    case tiny
    /// It has more pixels than ``DatasetReport/hugePixels``.
    case huge
    /// It is not sharp. This and what follows are told by ``QualityThresholds``.
    case blurred
    /// Nothing on it is light.
    case dark
    /// Nothing on it is dark.
    case bright
    /// It shows a plain surface.
    case blank
    /// It is very much longer than wide, or wider than long.
    case oddRatio
  }

  /// A file with its finding.
  public struct Item: Sendable, Hashable {
    /// The file, for people.
    public let path: String
    /// What was found, in more words; nil where the finding says it all.
    public let detail: String?
  }

  /// The images of one class.
  public struct ClassCount: Sendable, Hashable {
    /// The class.
    public let name: String
    /// Usable images that are trained on.
    public var training = 0
    /// Usable images that are validated on.
    public var validation = 0
    /// Files that cannot be used.
    public var unusable = 0
  }

  /// Images that are the same, or look it.
  public struct DuplicateGroup: Sendable, Hashable {
    /// One of them.
    public struct Member: Sendable, Hashable {
      /// The file, for people.
      public let path: String
      /// Its class.
      public let className: String
      /// Whether it is validated on.
      public let isValidation: Bool
    }

    /// Two or more, in the order of the data set.
    public let members: [Member]
    /// Whether the files are the same to the byte.
    public let isExact: Bool

    /// Whether the same image has different labels.
    public var crossesClasses: Bool { Set(members.map { Array($0.className.utf8) }).count > 1 }
    /// Whether an image that is validated on is trained on.
    public var crossesSplits: Bool { Set(members.map(\.isValidation)).count > 1 }
  }

  /// A shorter side in pixels has little to show.
  public static let tinySide = 16
  /// Images with more pixels take long to decode.
  public static let hugePixels = 25_000_000

  /// The folder.
  public let data: String
  /// The table that says the classes; nil: the folders do.
  public let labels: String?
  /// What was given as `group-by`; nil where that was left to the program.
  public let groupBy: String?
  /// By label.
  public internal(set) var classes: [ClassCount]
  /// The files with each finding, in the order of the data set.
  public internal(set) var findings: [Finding: [Item]] = [:]
  /// Same files and look-alikes, in the order of their first members.
  public internal(set) var duplicates: [DuplicateGroup] = []
  /// What is judged by although it belongs to what is trained on; nil where nothing is judged by.
  public internal(set) var leakage: Leakage?
  /// What is cut off of the pictures; nil where the fit cuts nothing.
  public internal(set) var cutOff: CutOff?
  /// What training brings pictures to.
  public internal(set) var output = ImageSize(width: 1, height: 1)
  /// Of the files that a page shows, their pictures, by path; see ``DatasetCheck/keepsPictures``.
  public internal(set) var pictures: [String: Image] = [:]
  /// Why training would fail; empty where it would not.
  public internal(set) var problems: [String] = []
  /// What a person should know of the folder itself.
  public internal(set) var notices: [String] = []

  init(_ configuration: TrainingConfiguration, classes: [String]) {
    data = configuration.data
    labels = configuration.labels
    groupBy = configuration.$grouping.isAutomatic ? nil : "\(configuration.grouping)"
    self.classes = classes.map { ClassCount(name: $0) }
  }

  /// Throws where training would fail.
  public func requireTrainable() throws(UnusableDataset) {
    if !problems.isEmpty { throw UnusableDataset(data: data, problems: problems) }
  }

  /// Usable images that are trained on.
  public var trainingCount: Int { classes.reduce(0) { $0 + $1.training } }
  /// Usable images that are validated on.
  public var validationCount: Int { classes.reduce(0) { $0 + $1.validation } }
  /// Files that cannot be used.
  public var unusableCount: Int { classes.reduce(0) { $0 + $1.unusable } }
}
