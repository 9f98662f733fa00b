import ArgumentParser
import MillraceModels
import MillraceTraining

/// Shows the configuration instead of training.
struct ListingOption: ParsableArguments {
  @Flag(
    help:
      "Print every setting as YAML, with what it comes from (default, file and line, or flag), and do nothing else."
  )
  var printConfig = false

  /// Writes the configuration to standard output, once it is found right. DATA may be missing; where it is there, what
  /// depends on its images is known.
  ///
  /// - Parameters:
  ///   - layers: The configuration.
  ///   - run: The run that would be gone on with, which has its own configuration.
  ///   - format: How to write.
  func show(_ layers: LayeredConfiguration, resuming run: String?, _ format: JSONOption) throws {
    if let run {
      throw ConfigurationError(
        setting: "print-config",
        problem: "cannot be combined with --resume; the run's settings are in \(run)/config.yaml")
    }
    let configuration = try layers.resolved()
    let listing = ConfigurationListing(
      layers, facts: configuration.data.isEmpty ? nil : try? DatasetFacts(of: configuration))
    let yaml = try listing.yaml()
    try format.show(listing) { _ in yaml.split(separator: "\n").map(String.init) }
  }
}
