import MillraceModels
import MillraceTraining

extension PageSection {
  /// Which classes were taken for which.
  static func confusion(_ record: RunRecord) -> PageSection? {
    guard let validation = record.validation else { return nil }
    guard let matrix = validation.matrix(classes: record.classes.count) else {
      return PageSection(
        id: "confusion", title: "Confusion",
        content: [
          .note("Not kept for more than \(Figures.count(ValidationExamination.largestConfusion)) classes.")
        ])
    }
    return confusion(matrix, classes: record.classes, of: validation.title, words: inWords(record, matrix))
  }

  /// Which classes were taken for which.
  ///
  /// - Parameters:
  ///   - matrix: The counts.
  ///   - classes: The classes' names.
  ///   - images: The images that were counted, in words.
  ///   - words: The text before the matrix.
  static func confusion(
    _ matrix: ConfusionMatrix, classes: [String], of images: String, words: Markup = .empty
  ) -> PageSection {
    let confusion = ConfusionDrawing(matrix: matrix, classes: classes.toldApart)
    return PageSection(
      id: "confusion", title: "Confusion",
      content: [
        words,
        note("\(images). The colour is the share of the row."),
        tag(
          "div", ["class": "beside"],
          matrix.classCount <= ConfusionDrawing.largestTable ? confusion.table : confusion.heatMap,
          confusion.commonest),
      ])
  }
}

extension PageSection {
  /// From this share on, a sentence says that a class is named so often.
  private static let oftenNamed = 0.9

  /// Sentences that say that a network is no better than one that always names the largest class, and which class
  /// it names almost always.
  private static func inWords(_ record: RunRecord, _ matrix: ConfusionMatrix) -> Markup {
    var sentences: [String] = []
    if let advice = record.advice, case .noBetterThanLargestClass = advice.verdict {
      sentences.append(advice.sentence)
    }
    let classes = record.classes.toldApart
    var named = [Int](repeating: 0, count: classes.count)
    for cell in matrix.cells { named[cell.predicted] += cell.count }
    let supports = classes.indices.map { matrix.support(of: $0) }
    let total = named.reduce(0, +)
    if let most = named.indices.max(by: { named[$0] < named[$1] }), total > 0 {
      let (share, own) = (
        Double(named[most]) / Double(total), Double(supports[most]) / Double(total)
      )
      // A class to which most images belong is not mentioned, as long as the others are named, too.
      if share >= oftenNamed, 1 - share < (1 - own) / 2 {
        sentences.append(
          "\(Figures.percent(share)) of the images are taken for \(classes[most].printable), which \(Figures.percent(own)) "
            + "of them are.")
      }
    }
    return sentences.isEmpty ? .empty : tag("p", [:], .text(sentences.joined(separator: " ")))
  }
}

/// A confusion matrix as a table where it is small, and as a picture where it is large.
private struct ConfusionDrawing {
  let matrix: ConfusionMatrix
  let classes: [String]

  /// The largest number of classes whose counts are written out.
  static let largestTable = 24
  /// The number of rows in the list of confusions.
  private static let listed = 12

  var table: Markup {
    let columns =
      [.column("true ╲ taken for")]
      + classes.map {
        tag("th", ["scope": "col", "title": $0.printable], PageSection.name($0))
      }
    let rows = classes.indices.map { actual in
      let support = matrix.support(of: actual)
      return tag(
        "tr", [:],
        [.rowName(classes[actual])]
          + classes.indices.map { cell(actual: actual, predicted: $0, support: support) })
    }
    return .table(
      "Rows are true classes, columns what they were taken for", style: "confusion", columns: columns,
      rows: rows)
  }

  private func cell(actual: Int, predicted: Int, support: Int) -> Markup {
    let count = matrix[actual: actual, predicted: predicted]
    let share = support > 0 ? Double(count) / Double(support) : 0
    let styles = [
      actual == predicted ? "right" : nil, share > 0.55 ? "strong" : nil, count == 0 ? "none" : nil,
    ]
    return tag(
      "td",
      [
        "class": styles.compactMap { $0 }.joined(separator: " "),
        "style": "--share: \(Figures.fixed(share * 100, 1))%",
      ], .text(count == 0 ? "·" : Figures.count(count)))
  }

  var heatMap: Markup {
    let count = Double(max(1, classes.count))
    // A cell is large enough to be seen, and to be pointed at.
    let cell = 600 / count
    var content = [
      tag("rect", ["class": "axis", "fill": "none", "x": "0", "y": "0", "width": "600", "height": "600"]),
      tag("text", ["x": "300", "y": "-8", "text-anchor": "middle"], "taken for"),
      tag("text", ["transform": "translate(-8 300) rotate(-90)", "text-anchor": "middle"], "true class"),
    ]
    for pair in matrix.cells {
      let (actual, predicted, hits) = (pair.actual, pair.predicted, pair.count)
      let support = Double(matrix.support(of: actual))
      let text = "\(classes[actual]) taken for \(classes[predicted]): \(hits)".printable
      content.append(
        tag(
          "rect",
          [
            "class": actual == predicted ? "right" : "wrong", "x": (Double(predicted) * cell).coordinate,
            "y": (Double(actual) * cell).coordinate, "width": cell.coordinate, "height": cell.coordinate,
            // Rare confusions must be visible, too.
            "fill-opacity": Figures.fixed(0.25 + 0.75 * Double(hits) / support, 2),
          ], tag("title", [:], .text(text))))
    }
    return tag(
      "figure", ["class": "heat"],
      tag("figcaption", [:], tag("small", [:], "Rows are true classes, columns what they were taken for")),
      tag(
        "svg",
        [
          "viewBox": "-30 -30 632 632", "role": "img", "aria-label": "confusion matrix",
          "xmlns": "http://www.w3.org/2000/svg",
        ], content))
  }

  /// The pairs that were confused most often.
  var commonest: Markup {
    var pairs = matrix.cells.filter { $0.actual != $0.predicted }
    guard classes.count > 2, !pairs.isEmpty else { return .empty }
    pairs.sort { ($0.count, $1.actual, $1.predicted) > ($1.count, $0.actual, $0.predicted) }
    let rows = pairs.prefix(Self.listed).map { pair in
      tag(
        "tr", [:], .rowName(classes[pair.actual]),
        tag("td", ["class": "name text"], .text(classes[pair.predicted].printable)),
        tag("td", [:], .text(Figures.count(pair.count))),
        tag("td", [:], .text(Figures.percent(Double(pair.count) / Double(matrix.support(of: pair.actual))))))
    }
    return .table(
      "The most confused classes",
      columns: [
        .column("class"), .column("taken for", style: "text"), .column("images"),
        .column("share of the class"),
      ], rows: rows)
  }
}
