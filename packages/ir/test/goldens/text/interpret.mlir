// command: interpret
// Reductions: a sum rounds once, other bodies at every step; empty folds give the init value.
func.func @main() -> (tensor<f16>, tensor<2xf32>, tensor<2xi32>, tensor<2xf32>, tensor<3xi8>, tensor<i1>) {
  %x = stablehlo.constant dense<[[3.0, 1.0, 0x7FC00000], [2.0, 7.0, 7.0]]> : tensor<2x3xf32>
  %h = stablehlo.constant dense<2048.0> : tensor<f16>
  %ones = stablehlo.constant dense<1.0> : tensor<100xf16>
  %0 = stablehlo.reduce(%ones init: %h) applies stablehlo.add across dimensions = [0] : (tensor<100xf16>, tensor<f16>) -> tensor<f16>
  %ninf = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %i = stablehlo.iota dim = 1 : tensor<2x3xi32>
  %1:2 = stablehlo.reduce(%x init: %ninf), (%i init: %zero) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
   reducer(%a: tensor<f32>, %b: tensor<f32>) (%c: tensor<i32>, %d: tensor<i32>) {
    %2 = stablehlo.compare GT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %3 = stablehlo.compare NE, %a, %a, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %4 = stablehlo.or %2, %3 : tensor<i1>
    %5 = stablehlo.compare EQ, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %6 = stablehlo.compare LT, %c, %d, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %7 = stablehlo.and %5, %6 : tensor<i1>
    %8 = stablehlo.or %4, %7 : tensor<i1>
    %9 = stablehlo.select %4, %a, %b : tensor<i1>, tensor<f32>
    %10 = stablehlo.select %8, %c, %d : tensor<i1>, tensor<i32>
    stablehlo.return %9, %10 : tensor<f32>, tensor<i32>
  }
  // A body with control flow.
  %11 = stablehlo.reduce(%x init: %ninf) across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
   reducer(%a: tensor<f32>, %b: tensor<f32>) {
    %p = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %m = "stablehlo.if"(%p) ({
      stablehlo.return %a : tensor<f32>
    }, {
      stablehlo.return %b : tensor<f32>
    }) : (tensor<i1>) -> tensor<f32>
    stablehlo.return %m : tensor<f32>
  }
  %e = stablehlo.constant dense<> : tensor<3x0xi8>
  %five = stablehlo.constant dense<5> : tensor<i8>
  %12 = stablehlo.reduce(%e init: %five) applies stablehlo.multiply across dimensions = [1] : (tensor<3x0xi8>, tensor<i8>) -> tensor<3xi8>
  %p = stablehlo.constant dense<[true, false]> : tensor<2xi1>
  %t = stablehlo.constant dense<true> : tensor<i1>
  %13 = stablehlo.reduce(%p init: %t) applies stablehlo.and across dimensions = [0] : (tensor<2xi1>, tensor<i1>) -> tensor<i1>
  return %0, %1#0, %1#1, %11, %12, %13 : tensor<f16>, tensor<2xf32>, tensor<2xi32>, tensor<2xf32>, tensor<3xi8>, tensor<i1>
}
// expected:
dense<2148.0> : tensor<f16>
dense<[0x7FC00000, 7.0]> : tensor<2xf32>
dense<[2, 1]> : tensor<2xi32>
dense<[0x7FC00000, 7.0]> : tensor<2xf32>
dense<[5, 5, 5]> : tensor<3xi8>
dense<false> : tensor<i1>
// -----
// command: interpret
// Control flow: nested loops and calls, an index out of range takes the last branch.
func.func @main() -> (tensor<i32>, tensor<i64>, tensor<i32>, tensor<i32>) {
  %n = stablehlo.constant dense<10> : tensor<i32>
  %z = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i64>
  %0:2 = stablehlo.while(%i = %z, %f = %one) : tensor<i32>, tensor<i64>
  cond {
    %c = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %c = stablehlo.constant dense<1> : tensor<i32>
    %1 = stablehlo.add %i, %c : tensor<i32>
    %2 = stablehlo.convert %1 : (tensor<i32>) -> tensor<i64>
    %3 = func.call @times(%f, %2) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    stablehlo.return %1, %3 : tensor<i32>, tensor<i64>
  }
  %far = stablehlo.constant dense<-7> : tensor<i32>
  %4 = "stablehlo.case"(%far) ({
    stablehlo.return %z : tensor<i32>
  }, {
    stablehlo.return %n : tensor<i32>
  }) : (tensor<i32>) -> tensor<i32>
  %5 = "stablehlo.case"(%z) ({
    stablehlo.return %z : tensor<i32>
  }, {
    stablehlo.return %n : tensor<i32>
  }) : (tensor<i32>) -> tensor<i32>
  return %0#0, %0#1, %4, %5 : tensor<i32>, tensor<i64>, tensor<i32>, tensor<i32>
}
func.func private @times(%a: tensor<i64>, %b: tensor<i64>) -> tensor<i64> {
  %0 = stablehlo.multiply %a, %b : tensor<i64>
  return %0 : tensor<i64>
}
// expected:
dense<10> : tensor<i32>
dense<3628800> : tensor<i64>
dense<10> : tensor<i32>
dense<0> : tensor<i32>
// -----
// command: interpret
// Moving elements: cropping and interior padding, clamped starts, bits, size-1 dimensions.
func.func @main() -> (tensor<2x5xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<2x3x2xui16>, tensor<2x2x3xi32>, tensor<2x1xi32>, tensor<3x2xcomplex<f32>>, tensor<2xui8>, tensor<3xi8>) {
  %x = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %v = stablehlo.constant dense<-1> : tensor<i32>
  %0 = stablehlo.pad %x, %v, low = [-1, 1], high = [1, -1], interior = [0, 1] : (tensor<2x3xi32>, tensor<i32>) -> tensor<2x5xi32>
  %big = stablehlo.constant dense<9> : tensor<i32>
  %1 = stablehlo.dynamic_slice %x, %v, %big, sizes = [2, 2] : (tensor<2x3xi32>, tensor<i32>, tensor<i32>) -> tensor<2x2xi32>
  %u = stablehlo.constant dense<[[7, 8]]> : tensor<1x2xi32>
  %2 = stablehlo.dynamic_update_slice %x, %u, %big, %v : (tensor<2x3xi32>, tensor<1x2xi32>, tensor<i32>, tensor<i32>) -> tensor<2x3xi32>
  %3 = stablehlo.bitcast_convert %x : (tensor<2x3xi32>) -> tensor<2x3x2xui16>
  %row = stablehlo.constant dense<[[1, 2, 3]]> : tensor<1x3xi32>
  %4 = stablehlo.broadcast_in_dim %row, dims = [1, 2] : (tensor<1x3xi32>) -> tensor<2x2x3xi32>
  %5 = stablehlo.slice %x [0:2, 1:3:2] : (tensor<2x3xi32>) -> tensor<2x1xi32>
  %z = stablehlo.constant dense<[[(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)], [(7.0, 8.0), (9.0, 10.0), (11.0, 12.0)]]> : tensor<2x3xcomplex<f32>>
  %6 = stablehlo.transpose %z, dims = [1, 0] : (tensor<2x3xcomplex<f32>>) -> tensor<3x2xcomplex<f32>>
  %7 = stablehlo.reverse %6, dims = [0, 1] : tensor<3x2xcomplex<f32>>
  %8 = stablehlo.iota dim = 0 : tensor<2xui8>
  %9 = stablehlo.constant dense<[1, 2]> : tensor<2xi8>
  %10 = stablehlo.constant dense<3> : tensor<1xi8>
  %11 = stablehlo.concatenate %10, %9, dim = 0 : (tensor<1xi8>, tensor<2xi8>) -> tensor<3xi8>
  return %0, %1, %2, %3, %4, %5, %7, %8, %11 : tensor<2x5xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<2x3x2xui16>, tensor<2x2x3xi32>, tensor<2x1xi32>, tensor<3x2xcomplex<f32>>, tensor<2xui8>, tensor<3xi8>
}
// expected:
dense<[[-1, 4, -1, 5, -1], [-1, -1, -1, -1, -1]]> : tensor<2x5xi32>
dense<[[2, 3], [5, 6]]> : tensor<2x2xi32>
dense<[[1, 2, 3], [7, 8, 6]]> : tensor<2x3xi32>
dense<[[[1, 0], [2, 0], [3, 0]], [[4, 0], [5, 0], [6, 0]]]> : tensor<2x3x2xui16>
dense<[[[1, 2, 3], [1, 2, 3]], [[1, 2, 3], [1, 2, 3]]]> : tensor<2x2x3xi32>
dense<[[2], [5]]> : tensor<2x1xi32>
dense<[[(11.0, 12.0), (5.0, 6.0)], [(9.0, 10.0), (3.0, 4.0)], [(7.0, 8.0), (1.0, 2.0)]]> : tensor<3x2xcomplex<f32>>
dense<[0, 1]> : tensor<2xui8>
dense<[3, 1, 2]> : tensor<3xi8>
// -----
// command: interpret
// Contractions: exact wraparound, several contracted dimensions, an empty one, another result type.
func.func @main() -> (tensor<2x2xi8>, tensor<2xi64>, tensor<2x2xf32>, tensor<f32>, tensor<complex<f32>>, tensor<2x2xi1>, tensor<2x2xi32>) {
  %a = stablehlo.constant dense<[[100, 2], [3, -128]]> : tensor<2x2xi8>
  %0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0] : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<2x2xi8>
  %l = stablehlo.constant dense<[[9223372036854775807, 2], [3, 4]]> : tensor<2x2xi64>
  %1 = stablehlo.dot_general %l, %l, batching_dims = [0] x [0], contracting_dims = [1] x [1] : (tensor<2x2xi64>, tensor<2x2xi64>) -> tensor<2xi64>
  %e = stablehlo.constant dense<> : tensor<2x0xf32>
  %2 = stablehlo.dot_general %e, %e, contracting_dims = [1] x [1] : (tensor<2x0xf32>, tensor<2x0xf32>) -> tensor<2x2xf32>
  %h = stablehlo.constant dense<[[1.001, 2.0], [3.0, 4.0]]> : tensor<2x2xbf16>
  %3 = stablehlo.dot_general %h, %h, contracting_dims = [0, 1] x [0, 1] : (tensor<2x2xbf16>, tensor<2x2xbf16>) -> tensor<f32>
  %z = stablehlo.constant dense<[(1.0, 2.0), (3.0, -4.0)]> : tensor<2xcomplex<f32>>
  %4 = stablehlo.dot_general %z, %z, contracting_dims = [0] x [0] : (tensor<2xcomplex<f32>>, tensor<2xcomplex<f32>>) -> tensor<complex<f32>>
  %p = stablehlo.constant dense<[[true, false], [false, false]]> : tensor<2x2xi1>
  %5 = stablehlo.dot_general %p, %p, contracting_dims = [1] x [1] : (tensor<2x2xi1>, tensor<2x2xi1>) -> tensor<2x2xi1>
  %6 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0] : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<2x2xi32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<2x2xi8>, tensor<2xi64>, tensor<2x2xf32>, tensor<f32>, tensor<complex<f32>>, tensor<2x2xi1>, tensor<2x2xi32>
}
// expected:
dense<[[22, -56], [-84, 6]]> : tensor<2x2xi8>
dense<[5, 25]> : tensor<2xi64>
dense<[[0.0, 0.0], [0.0, 0.0]]> : tensor<2x2xf32>
dense<30.0> : tensor<f32>
dense<(-10.0, -20.0)> : tensor<complex<f32>>
dense<[[true, false], [false, false]]> : tensor<2x2xi1>
dense<[[10006, -56], [-84, 16390]]> : tensor<2x2xi32>
