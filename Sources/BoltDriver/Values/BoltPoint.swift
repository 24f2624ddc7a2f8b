/// A point in two or three dimensions, in a coordinate reference system.
public struct BoltPoint: Sendable, Hashable {
  /// The number of the coordinate reference system.
  public let srid: Int64
  /// The first coordinate; the longitude in WGS-84.
  public let x: Double
  /// The second coordinate; the latitude in WGS-84.
  public let y: Double
  /// The third coordinate; the height in metres in WGS-84. Nil for a point in two dimensions.
  public let z: Double?

  /// The plane.
  public static let cartesian: Int64 = 7203
  /// The three-dimensional space.
  public static let cartesian3D: Int64 = 9157
  /// The earth's surface, by longitude and latitude in degrees.
  public static let wgs84: Int64 = 4326
  /// The earth, by longitude, latitude and height.
  public static let wgs84With3D: Int64 = 4979

  /// Makes a point in a reference system of your choice.
  public init(srid: Int64, x: Double, y: Double, z: Double? = nil) {
    self.srid = srid
    self.x = x
    self.y = y
    self.z = z
  }

  /// Makes a point of the plane, or of space when there is a third coordinate.
  public init(x: Double, y: Double, z: Double? = nil) {
    self.init(srid: z == nil ? Self.cartesian : Self.cartesian3D, x: x, y: y, z: z)
  }

  /// Makes a point on the earth.
  ///
  /// - Parameters:
  ///   - longitude: In degrees, positive to the east.
  ///   - latitude: In degrees, positive to the north.
  ///   - height: In metres; nil for a point in two dimensions.
  public init(longitude: Double, latitude: Double, height: Double? = nil) {
    self.init(srid: height == nil ? Self.wgs84 : Self.wgs84With3D, x: longitude, y: latitude, z: height)
  }
}
