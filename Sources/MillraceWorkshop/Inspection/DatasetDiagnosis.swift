import MillraceImages
import MillraceModels
import MillracePipeline
import MillraceTraining

extension DatasetReport {
  /// Draws the conclusions from what was found out about each image.
  ///
  /// - Parameters:
  ///   - images: A result for each sample.
  ///   - dataset: The samples: those trained on, then those validated on.
  ///   - trainingCount: How many come first.
  ///   - configuration: The run that they would be used in.
  ///   - quality: From where on a picture is suspect.
  ///   - notices: What a person should know of the folders.
  ///   - faults: What is wrong with folders that were passed over.
  init(
    images: [InspectedImage], dataset: Dataset, trainingCount: Int, configuration: TrainingConfiguration,
    quality: QualityThresholds, notices: [String], faults: [DatasetError]
  ) {
    self.init(configuration, classes: dataset.classes)
    var lost = LostOnBackground(classes: dataset.classes)
    var cutOff = CutOff(output: configuration.imageSize)
    for (sample, image) in images.enumerated() {
      let label = dataset.label(of: sample)
      if !image.isUsable {
        classes[label].unusable += 1
      } else if sample < trainingCount {
        classes[label].training += 1
      } else {
        classes[label].validation += 1
      }
      if image.isUsable { lost.add(label: label, lostShare: image.lostShare) }
      if image.isUsable, let size = image.header?.size {
        cutOff.add(
          configuration.fit.cutShare(of: size, to: configuration.imageSize), of: dataset.path(of: sample))
      }
      for (finding, detail) in Self.findings(of: image) + quality.findings(of: image) {
        findings[finding, default: []].append(Item(path: dataset.path(of: sample), detail: detail))
      }
    }
    self.cutOff = configuration.fit == .crop ? cutOff : nil
    output = configuration.imageSize
    duplicates = SimilarImages.groups(of: images).map { group in
      DuplicateGroup(
        members: group.samples.map { sample in
          DuplicateGroup.Member(
            path: dataset.path(of: sample), className: dataset.classes[dataset.label(of: sample)],
            isValidation: sample >= trainingCount)
        }, isExact: group.isExact)
    }
    let usable = UsableImages(
      classes: dataset.classes, training: classes.map(\.training),
      validation: trainingCount < images.count ? classes.map(\.validation) : nil)
    problems =
      faults.map(\.description) + usable.problems + badFileProblems(for: configuration, total: images.count)
    self.notices = notices + [usable.notice, lost.notice(on: configuration.background)].compactMap { $0 }
  }

  private static func findings(of image: InspectedImage) -> [(Finding, detail: String?)] {
    var found: [(Finding, detail: String?)] = []
    switch image.condition {
    case .sound: break
    case .withWarnings: found.append((.decodedWithWarnings, nil))
    case .cutShort: found.append((.cutShort, nil))
    case .bad(let isTruncated, let reason): found.append((isTruncated ? .truncated : .unreadable, reason))
    }
    guard let header = image.header else { return found }
    if image.isMisnamed { found.append((.misnamed, "is a \(header.format.name)")) }
    if header.colorModel == .cmyk { found.append((.cmyk, nil)) }
    if header.bitDepth == 16 { found.append((.sixteenBit, nil)) }
    if header.hasAlpha { found.append((.transparent, nil)) }
    if LostOnBackground.isLost(image.lostShare), let share = image.lostShare {
      found.append((.lostOnBackground, "\(Int((share * 100).rounded())) %"))
    }
    if header.orientation != .upright { found.append((.turned, nil)) }
    let size = "\(header.size.width)×\(header.size.height)"
    if min(header.size.width, header.size.height) < tinySide { found.append((.tiny, size)) }
    if header.size.width * header.size.height > hugePixels { found.append((.huge, size)) }
    return found
  }

  private func badFileProblems(for configuration: TrainingConfiguration, total: Int) -> [String] {
    var problems: [String] = []
    let reading = configuration.reading
    let limit = reading.maxBad.files(of: total)
    if unusableCount > limit {
      problems.append(
        "\(unusableCount) of \(total) files cannot be used, the limit is \(limit); restore or remove them, "
          + "or raise the limit with --max-bad")
    } else if reading.onBadFile == .fail, unusableCount > 0 {
      problems.append(
        "\(unusableCount) of \(total) files cannot be used, and on-bad-file is fail; restore or remove them")
    }
    return problems
  }
}
