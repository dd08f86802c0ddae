// Purchases over moov-io/iso8583-connection, as the program throughput has them over isopace: the same message, the same
// loop, the same answer.
//
//	go run . [-in-flight 1,2,16] [-time 700ms] [-rounds 5]     both ends in this process
//	go run . -serve 127.0.0.1:8583                             the answering end alone
//	go run . -ask 127.0.0.1:8583 [-in-flight 16] [-time 2s]    the asking end alone
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/moov-io/iso8583"
	connection "github.com/moov-io/iso8583-connection"
	"github.com/moov-io/iso8583/network"
	"github.com/moov-io/iso8583/specs"
)

const warmUp = 200 * time.Millisecond

// The dialect as the standard has it: of the two that moov ships one has no padding, the other a bitmap of 16 bytes.
var spec = func() *iso8583.MessageSpec {
	fields := maps.Clone(specs.Spec87ASCII.Fields)
	// Answers are told by the STAN, which must not lose its zeros when it is read.
	fields[1], fields[11] = iso8583.Spec87.Fields[1], iso8583.Spec87.Fields[11]
	return &iso8583.MessageSpec{Name: "ISO 8583:1987, ASCII", Fields: fields}
}()

// The 18 elements of the purchase but the STAN and the amount, which change.
var elements = map[int]string{
	2: "4012345678909", 3: "000000", 7: "1120072155", 12: "072155", 13: "1120", 14: "2812", 18: "5411", 22: "051",
	25: "00", 32: "99001", 35: "4012340000008909=2812201123456789", 37: "000000123456", 41: "TERM0001",
	42: "MERCHANT0000001", 43: "ACME SUPERMARKET 0042  SPRINGFIELD  ILUS", 49: "840",
}

func main() {
	inFlight := flag.String("in-flight", "1,2,16,64,128,256,1000", "callers at a time")
	span := flag.Duration("time", 700*time.Millisecond, "how long each is measured")
	rounds := flag.Int("rounds", 5, "how often; medians are shown")
	serveAt := flag.String("serve", "", "only answer, at this address")
	askAt := flag.String("ask", "", "only ask, at this address")
	flag.Parse()

	address := *askAt
	if address == "" {
		listener, err := net.Listen("tcp", orElse(*serveAt, "127.0.0.1:0"))
		must(err)
		address = listener.Addr().String()
		if *serveAt != "" {
			serve(listener)
		}
		go serve(listener)
	}
	fmt.Println("|     moov | connections | in flight |      req/s |   p50 us |   p99 us | p99.9 us |   CPU ns |")
	fmt.Println("| -------: | ----------: | --------: | ---------: | -------: | -------: | -------: | -------: |")
	for word := range strings.SplitSeq(*inFlight, ",") {
		callers, err := strconv.Atoi(word)
		must(err)
		var figures []figure
		for range *rounds {
			figures = append(figures, ask(address, callers, *span))
		}
		fmt.Println(line(callers, figures))
	}
}

func serve(listener net.Listener) {
	for {
		stream, err := listener.Accept()
		must(err)
		_, err = connection.NewFrom(stream, spec, readLength, writeLength,
			connection.InboundMessageHandler(approve), connection.ErrorHandler(report))
		must(err)
	}
}

func report(err error) {
	if !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.Stderr, err)
	}
}

// Reads what an issuer decides by, and approves.
func approve(link *connection.Connection, message *iso8583.Message) {
	for _, element := range []int{2, 4, 41} {
		if _, err := message.GetString(element); err != nil {
			report(err)
			return
		}
	}
	message.MTI("0210")
	if err := errors.Join(message.Field(38, "000001"), message.Field(39, "00"), link.Reply(message)); err != nil {
		report(err)
	}
}

type figure struct {
	perSecond, p50, p99, p999, processor float64
}

func ask(address string, callers int, span time.Duration) figure {
	link, err := connection.New(address, spec, readLength, writeLength, connection.ErrorHandler(report))
	must(err)
	must(link.Connect())
	defer link.Close()

	before := processor()
	from := time.Now().Add(warmUp)
	to := from.Add(span)
	var all atomic.Int64
	var mutex sync.Mutex
	var times []time.Duration
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			var mine []time.Duration
			started := time.Now()
			for count := 1; ; count++ {
				stan := fmt.Sprintf("%06d", (caller+count*1000)%1000000)
				must(purchase(link, stan))
				all.Add(1)
				now := time.Now()
				if now.After(to) {
					break
				}
				if now.After(from) {
					mine = append(mine, now.Sub(started))
				}
				started = now
			}
			mutex.Lock()
			defer mutex.Unlock()
			times = append(times, mine...)
		})
	}
	group.Wait()
	spent := processor() - before
	slices.Sort(times)
	at := func(quantile float64) float64 {
		return float64(times[int(quantile*float64(len(times)-1))].Nanoseconds()) / 1e3
	}
	return figure{
		float64(len(times)) / span.Seconds(), at(0.5), at(0.99), at(0.999),
		float64(spent.Nanoseconds()) / float64(all.Load()),
	}
}

func purchase(link *connection.Connection, stan string) error {
	message := iso8583.NewMessage(spec)
	message.MTI("0200")
	for element, value := range elements {
		if err := message.Field(element, value); err != nil {
			return err
		}
	}
	if err := message.Field(11, stan); err != nil {
		return err
	}
	if err := message.Field(4, "000000"+stan); err != nil {
		return err
	}
	answer, err := link.Send(message)
	if err != nil {
		return err
	}
	code, err := answer.GetString(39)
	if err != nil {
		return err
	}
	echoed, err := answer.GetString(11)
	if err != nil {
		return err
	}
	// Padding is taken off what is read.
	if code != "00" || strings.TrimLeft(echoed, "0") != strings.TrimLeft(stan, "0") {
		return fmt.Errorf("answered %s to %s", code, echoed)
	}
	return nil
}

func readLength(stream io.Reader) (int, error) {
	header := network.NewBinary2BytesHeader()
	if _, err := header.ReadFrom(stream); err != nil {
		return 0, err
	}
	return header.Length(), nil
}

func writeLength(stream io.Writer, length int) (int, error) {
	header := network.NewBinary2BytesHeader()
	if err := header.SetLength(length); err != nil {
		return 0, err
	}
	return header.WriteTo(stream)
}

// Processor time of this process so far.
func processor() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func line(callers int, figures []figure) string {
	median := func(of func(figure) float64) float64 {
		var values []float64
		for _, figure := range figures {
			values = append(values, of(figure))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return fmt.Sprintf("| %8s | %11d | %9d | %10.0f | %8.1f | %8.1f | %8.1f | %8.0f |", "moov", 1, callers,
		median(func(f figure) float64 { return f.perSecond }),
		median(func(f figure) float64 { return f.p50 }),
		median(func(f figure) float64 { return f.p99 }),
		median(func(f figure) float64 { return f.p999 }),
		median(func(f figure) float64 { return f.processor }))
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
